import { scriptAddress } from '../policy/trusted.ts';

/**
 * Starts a module worker that the page's policy binds. A worker loaded by address takes the policy of its
 * own HTTP response, and a static host sends none; one started from a `blob:` inherits ours, and its
 * `import` of the real script is held to it.
 */
export function startWorker(address: string, name: string): Worker {
  const absolute = new URL(address, location.href).href;
  const start = new Blob([`import ${JSON.stringify(absolute)};`], { type: 'text/javascript' });
  const url = URL.createObjectURL(start);
  const worker = new Worker(scriptAddress(url), { type: 'module', name });
  // The address is needed until the worker has fetched it; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return worker;
}
