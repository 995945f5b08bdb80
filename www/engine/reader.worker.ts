/** A reader worker: runs one task at a time and sends batches straight to the engine worker. */
import init, { Reader, sniff } from '../pkg/reader/reader.js';
import type { FromReader, Outcome, ToReader } from './messages.ts';
import { pieces } from './pieces.ts';
import type { Sniff } from './protocol.ts';
import { readJob, type Surroundings } from './readJob.ts';

const SNIFF_BYTES = 8192;
/** Batches under way to the engine worker; more would only pile up there. */
const UNDER_WAY = 3;

const ready = init({ module_or_path: new URL('../pkg/reader/reader_bg.wasm', import.meta.url) });
let port: MessagePort | null = null;
let stopping = false;
let underWay = 0;
let wake: (() => void) | null = null;

const say = (message: FromReader) => self.postMessage(message);

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

const around: Surroundings = {
  async send(batch) {
    underWay += 1;
    port?.postMessage(batch.buffer, [batch.buffer]);
    await until(() => underWay < UNDER_WAY);
  },
  sent: () => until(() => underWay === 0),
  report: (progress) => say({ kind: 'progress', progress }),
  stopping: () => stopping,
  now: () => performance.now(),
};

async function look(file: File): Promise<Outcome> {
  try {
    await ready;
    const head = new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer());
    return { kind: 'sniffed', sniff: sniff(head, file.size) as Sniff };
  } catch (error) {
    const message = `It could not be opened (${error instanceof Error ? error.message : error}). Is it still there, and may the browser read it?`;
    return { kind: 'sniffed', sniff: { kind: 'refused', message } };
  }
}

self.onmessage = async ({ data }: MessageEvent<ToReader>) => {
  switch (data.kind) {
    case 'port':
      port = data.port;
      port.onmessage = () => {
        underWay -= 1;
        wake?.();
      };
      break;
    case 'stop':
      stopping = true;
      break;
    case 'sniff':
      say(await look(data.file));
      break;
    case 'read': {
      stopping = false;
      await ready;
      const { id, file, job } = data;
      say(await readJob(() => new Reader(id), pieces(file, job), job, job.end >= file.size, around));
      break;
    }
  }
};
