import sigmaAddress from './sigma.worker.ts?worker&url';
import type { NamedFile, SigmaOutcome, SigmaProgress } from './sigmaJob.ts';
import { startWorker } from './startWorker.ts';

/** Page → Sigma worker, once. */
export interface ToSigma {
  files: NamedFile[];
  rules: NamedFile[];
}

/** Sigma worker → page: any number of `progress`, then one of the others. */
export type FromSigma =
  | { kind: 'progress'; progress: SigmaProgress }
  | { kind: 'done'; outcome: SigmaOutcome }
  | { kind: 'failed'; message: string };

/**
 * Runs rules (`.yml`, `.yaml`, `.zip`) over logs, in a worker of its own. `files` are those that were found to be EVTX. Rejects with an
 * `AbortError` when `signal` says so, and with a sentence when it fails.
 */
export function runSigma(
  files: NamedFile[],
  rules: NamedFile[],
  onProgress: (progress: SigmaProgress) => void,
  signal?: AbortSignal,
  start: () => Worker = () => startWorker(sigmaAddress, 'sigma'),
): Promise<SigmaOutcome> {
  return new Promise((resolve, reject) => {
    const stopped = () => new DOMException('The rules were stopped.', 'AbortError');
    if (signal?.aborted) {
      reject(stopped());
      return;
    }
    const worker = start();
    const end = (settle: () => void) => {
      worker.terminate();
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const abort = () => end(() => reject(stopped()));
    signal?.addEventListener('abort', abort);
    worker.onmessage = ({ data }: MessageEvent<FromSigma>) => {
      if (data.kind === 'progress') onProgress(data.progress);
      else if (data.kind === 'done') end(() => resolve(data.outcome));
      else end(() => reject(new Error(data.message)));
    };
    worker.onerror = (event) =>
      end(() => reject(new Error(event.message || 'The rules could not be started: reload the page.')));
    worker.postMessage({ files, rules } satisfies ToSigma);
  });
}
