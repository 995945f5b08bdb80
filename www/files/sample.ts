import type { Found } from '../engine/collect.ts';

/** The small log that ships with the page. */
export async function fetchSample(): Promise<Found[]> {
  const address = new URL('./sample/Security.evtx', document.baseURI);
  const response = await fetch(address).catch(() => null);
  if (!response?.ok)
    throw new Error('The sample is not on this server: it belongs at sample/Security.evtx beside the page.');
  const name = 'Security.evtx (sample)';
  return [{ name, file: new File([await response.blob()], name, { lastModified: 0 }) }];
}
