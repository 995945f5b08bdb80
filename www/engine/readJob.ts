/** One job of a reader worker: pieces in, batches out, progress as it goes. Free of workers, so that it is tested as it is. */
import { chunkStart, type Job } from './jobs.ts';
import type { JobProgress, Outcome } from './messages.ts';
import type { Piece } from './pieces.ts';

/** What the wasm module offers; see `docs/wasm-contract.md`. */
export interface ReaderModule {
  push(bytes: Uint8Array, offset: number): void;
  finish(atEnd: boolean): void;
  pending(): number;
  take(): Uint8Array;
  records(): number;
  events(): number;
  free(): void;
}

export interface Surroundings {
  /** Hands a batch over; resolves when there is room for the next. */
  send(batch: Uint8Array): Promise<void>;
  /** Resolves when the engine worker has everything sent. */
  sent(): Promise<void>;
  report(progress: JobProgress): void;
  stopping(): boolean;
  now(): number;
}

/** Batches go out when there is this much, or this long after the last: early for the first graph, few for the rest. */
const BATCH_EVENTS = 50_000;
const BATCH_MS = 250;
const REPORT_MS = 100;

export async function readJob(
  open: () => ReaderModule,
  pieces: AsyncIterable<Piece>,
  job: Job,
  atEnd: boolean,
  around: Surroundings,
): Promise<Outcome> {
  const progress: JobProgress = { to: job.start, records: 0, events: 0 };
  let takenTo = job.start;
  let stopped = false;
  let sentAt = around.now();
  let reportedAt = Number.NEGATIVE_INFINITY;
  let reader: ReaderModule | null = null;

  const note = () => {
    progress.records = reader?.records() ?? 0;
    progress.events = reader?.events() ?? 0;
  };
  const take = async () => {
    if (!reader) return;
    const batch = reader.take();
    takenTo = chunkStart(progress.to);
    sentAt = around.now();
    await around.send(batch);
  };

  try {
    reader = open();
    for await (const piece of pieces) {
      reader.push(piece.bytes, piece.offset);
      progress.to = piece.offset + piece.bytes.byteLength;
      note();
      const now = around.now();
      if (now - reportedAt >= REPORT_MS) {
        reportedAt = now;
        around.report({ ...progress });
      }
      const isDue = now - sentAt >= BATCH_MS && reader.pending() > 0;
      if (job.careful || isDue || reader.pending() >= BATCH_EVENTS) await take();
      if (around.stopping()) {
        stopped = progress.to < job.end;
        break;
      }
    }
    // After a stop the chunk in hand is cut by us, not by damage: leave it.
    if (!stopped) reader.finish(atEnd);
    note();
    await take();
    await around.sent();
    reader.free();
    return { kind: 'read', progress, stopped };
  } catch (error) {
    await around.sent();
    if (error instanceof WebAssembly.RuntimeError) {
      return { kind: 'lost', takenTo, progress, message: error.message };
    }
    try {
      // What was read before the disk failed is kept.
      await take();
      await around.sent();
      reader?.free();
    } catch {
      return { kind: 'lost', takenTo, progress, message: String(error) };
    }
    return { kind: 'unreadable', at: progress.to, progress, message: sentence(error) };
  }
}

function sentence(error: unknown): string {
  if (error instanceof DOMException && error.name === 'NotFoundError') {
    return 'The file is not there any more: it was moved, renamed or deleted while it was read.';
  }
  if (error instanceof DOMException && error.name === 'NotReadableError') {
    return 'The browser may not read this file: close the program that holds it, or export the log and drop the copy.';
  }
  return error instanceof Error ? error.message : String(error);
}
