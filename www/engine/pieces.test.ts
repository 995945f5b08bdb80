import { expect, it } from 'vitest';
import { pieces } from './pieces.ts';

const bytes = Uint8Array.from({ length: 4096 + 3 * 65_536 + 100 }, (_, i) => i % 251);

/** A Blob by hand: happy-dom's has no byte streams. */
function blob(of: Uint8Array, stream: () => ReadableStream): Blob {
  return {
    size: of.length,
    slice: (a = 0, b = of.length) => blob(of.slice(a, b), stream),
    stream,
    arrayBuffer: async () => of.buffer.slice(of.byteOffset, of.byteOffset + of.byteLength),
  } as unknown as Blob;
}

async function gather(from: AsyncIterable<{ bytes: Uint8Array; offset: number }>, start: number) {
  const found = new Uint8Array(bytes.length - start);
  const sizes: number[] = [];
  let length = 0;
  for await (const piece of from) {
    expect(piece.offset).toBe(start + length);
    found.set(piece.bytes, length);
    length += piece.bytes.length;
    sizes.push(piece.bytes.length);
  }
  expect(length).toBe(found.length);
  return { found, sizes };
}

it('goes on by slices where the stream is silent', async () => {
  const silent = () => new ReadableStream({ type: 'bytes', pull: () => new Promise(() => undefined) });
  const job = { start: 4096, end: bytes.length, careful: false };
  const { found } = await gather(pieces(blob(bytes, silent), job, 10), 4096);
  expect(found).toEqual(bytes.slice(4096));
});

it('goes on by slices where the stream breaks', async () => {
  let pulls = 0;
  const broken = () =>
    new ReadableStream({
      type: 'bytes',
      pull(controller) {
        pulls += 1;
        if (pulls > 1) controller.error(new Error('gone'));
        else controller.enqueue(bytes.slice(0, 5000));
      },
    });
  const { found } = await gather(
    pieces(blob(bytes, broken), { start: 0, end: bytes.length, careful: false }),
    0,
  );
  expect(found).toEqual(bytes);
});

it('gives the header and then single chunks when careful', async () => {
  const none = () => {
    throw new Error('not asked for');
  };
  const whole = await gather(pieces(blob(bytes, none), { start: 0, end: bytes.length, careful: true }), 0);
  expect(whole.sizes).toEqual([4096, 65_536, 65_536, 65_536, 100]);
  expect(whole.found).toEqual(bytes);
  const rest = await gather(
    pieces(blob(bytes, none), { start: 69_632, end: bytes.length, careful: true }),
    69_632,
  );
  expect(rest.sizes).toEqual([65_536, 65_536, 100]);
});
