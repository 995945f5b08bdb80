/** The labelled simulated set that ships with the page: packed, and fetched when it is first wanted. */

const address = () => new URL('./tuning/labelled.bin.gz', document.baseURI);

/** Bytes to fetch, or null where the server does not say. */
export async function labelledBytes(): Promise<number | null> {
  const response = await fetch(address(), { method: 'HEAD' }).catch(() => null);
  const length = Number(response?.headers.get('content-length'));
  return response?.ok && length > 0 ? length : null;
}

export async function fetchLabelled(): Promise<Uint8Array> {
  const response = await fetch(address()).catch(() => null);
  if (!response?.ok)
    throw new Error(
      'The labelled set is not on this server: it belongs at tuning/labelled.bin.gz beside the page.',
    );
  return unpacked(new Uint8Array(await response.arrayBuffer()));
}

/** Some hosts declare a .gz as an encoding, and the browser has unpacked it already: the first two bytes tell. */
export async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
