import type { FromReader, JobProgress, Outcome, ToReader } from './messages.ts';
import readerAddress from './reader.worker.ts?worker&url';
import type { ReaderHandle, Task } from './reading.ts';
import { startWorker } from './startWorker.ts';

/** A reader worker as the coordinator sees it: one task at a time. */
export function startReader(port: MessagePort): ReaderHandle {
  const worker = startWorker(readerAddress, 'reader');
  const post = (message: ToReader, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  post({ kind: 'port', port }, [port]);
  return {
    run(task: Task, onProgress: (progress: JobProgress) => void): Promise<Outcome> {
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<FromReader>) => {
          if (data.kind === 'progress') onProgress(data.progress);
          else resolve(data);
        };
        worker.onerror = (event) =>
          reject(new Error(event.message || 'A reader could not be started: reload the page.'));
        if (task.kind === 'sniff') post({ kind: 'sniff', file: task.entry.file });
        else post({ kind: 'read', id: task.entry.id, file: task.entry.file, job: task.job });
      });
    },
    stop: () => post({ kind: 'stop' }),
    end: () => worker.terminate(),
  };
}
