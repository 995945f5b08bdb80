import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './server.mjs';

/** Runs a program of the workspace: as it was built, or by cargo where it was not. Its output. */
export function native(program, args) {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  const built = ['release', 'debug'].map((profile) => join(target, profile, program)).find(existsSync);
  const [command, first] = built
    ? [built, []]
    : ['cargo', ['run', '--release', '--quiet', '--package', program, '--']];
  return execFileSync(command, [...first, ...args], {
    cwd: root,
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
