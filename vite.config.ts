import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { offline } from './www/offline/plugin.ts';
import { policy } from './www/policy/plugin.ts';

export default defineConfig({
  // The page must work under any sub-path of any static host.
  base: './',
  plugins: [svelte(), policy(), offline()],
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { watch: { ignored: ['**/target/**'] } },
  optimizeDeps: { entries: ['index.html'] },
  test: { include: ['www/**/*.test.ts'], environment: 'happy-dom' },
});
