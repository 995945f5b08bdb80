/**
 * The page's one Trusted Types policy: addresses of workers and of the service worker, all of them from
 * our own build or made a moment ago by `startWorker`. Browsers without Trusted Types take the string.
 */
interface Policy {
  createScriptURL(address: string): string;
}
interface Factory {
  createPolicy(name: string, rules: Policy): Policy;
}

function ours(address: string): string {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new TypeError(`not an address of this page: ${address}`);
  return address;
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const app: Policy = factory?.createPolicy('app', { createScriptURL: ours }) ?? { createScriptURL: ours };

/** The address as the Worker constructor and `register` want it. */
export function scriptAddress(address: string): string {
  return app.createScriptURL(address);
}
