/**
 * The bytes of a run of a file, piece after piece: through a stream into one buffer that goes back and forth
 * (no garbage), or by slices where the stream fails to deliver.
 */
import { CHUNK_BYTES, HEADER_BYTES, type Job } from './jobs.ts';

export interface Piece {
  bytes: Uint8Array;
  offset: number;
}

const PIECE_BYTES = 1024 * 1024;
/** A stream silent for so long is given up. Network drives may take seconds to wake. */
const SILENCE_MS = 15_000;

/** Streams in use: a browser may collect a stream that only its own reader holds. */
const held = new Set<unknown>();

export async function* pieces(file: Blob, job: Job, silenceMs = SILENCE_MS): AsyncGenerator<Piece> {
  if (job.careful) {
    yield* chunkwise(file, job);
    return;
  }
  let offset = job.start;
  for await (const piece of streamed(file, job, silenceMs)) {
    yield piece;
    offset = piece.offset + piece.bytes.byteLength;
  }
  if (offset < job.end) yield* sliced(file, offset, job.end, PIECE_BYTES);
}

/** Ends early, without an error, when the stream falls silent or breaks: the caller goes on by slices. */
async function* streamed(file: Blob, job: Job, silenceMs: number): AsyncGenerator<Piece> {
  const stream = file.slice(job.start, job.end).stream();
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: 'byob' });
  } catch {
    return; // no byte streams in this browser
  }
  const hold = { stream, reader };
  held.add(hold);
  try {
    let buffer = new ArrayBuffer(PIECE_BYTES);
    let offset = job.start;
    for (;;) {
      const read = await within(silenceMs, reader.read(new Uint8Array(buffer)));
      if (!read || read.done || !read.value) return;
      yield { bytes: read.value, offset };
      offset += read.value.byteLength;
      buffer = read.value.buffer;
    }
  } finally {
    held.delete(hold);
    void reader.cancel().catch(() => undefined);
  }
}

/** `null` when the promise fails or takes too long. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function* sliced(file: Blob, start: number, end: number, step: number): AsyncGenerator<Piece> {
  for (let offset = start; offset < end; offset += step) {
    const part = file.slice(offset, Math.min(end, offset + step));
    yield { bytes: new Uint8Array(await part.arrayBuffer()), offset };
  }
}

/** The header alone, then one chunk at a time. */
async function* chunkwise(file: Blob, job: Job): AsyncGenerator<Piece> {
  const first = Math.min(job.end, Math.max(job.start, HEADER_BYTES));
  if (job.start < first) yield* sliced(file, job.start, first, HEADER_BYTES);
  yield* sliced(file, first, job.end, CHUNK_BYTES);
}
