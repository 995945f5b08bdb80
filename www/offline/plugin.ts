import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Writes `sw.js` into the built page, with the list of everything that was built and a version that changes
 * with it. Done after Vite has written all files: workers and wasm are among them.
 */
export function offline(): Plugin {
  let root = '';
  return {
    name: 'logonscope-offline',
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    generateBundle(_options, bundle) {
      // Workers are bundled by themselves and arrive here as assets, with their wasm.
      const names = Object.keys(bundle).filter((name) => !name.endsWith('.map'));
      const publicDir = join(root, 'public');
      const still = walk(publicDir).map((file) => relative(publicDir, file).replaceAll('\\', '/'));
      const files = [...new Set(['index.html', ...names, ...still])].sort();
      const hash = createHash('sha256');
      for (const name of names.sort()) {
        const made = bundle[name];
        hash.update(name).update(made?.type === 'asset' ? made.source : (made?.code ?? ''));
      }
      for (const file of still) hash.update(readFileSync(join(publicDir, file)));
      const source = readFileSync(join(root, 'www/offline/sw.js'), 'utf8')
        .replace('__VERSION__', hash.digest('hex').slice(0, 16))
        .replace('__FILES__', JSON.stringify(files.map((file) => `./${file}`)));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}
