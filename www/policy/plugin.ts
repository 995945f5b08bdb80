import type { Plugin } from 'vite';

/**
 * Nothing leaves the machine, and no text of a log can become script: the browser itself sees to it.
 * `connect-src 'self'` lets the page fetch its own files (wasm, sample) and nothing else.
 */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types app svelte-trusted-html',
].join('; ');

/** Injects the policy at build only: Vite's development server needs inline styles and a web socket. */
export function policy(): Plugin {
  return {
    name: 'logonscope-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}
