import type { Job } from './jobs.ts';
import type { Sniff } from './protocol.ts';

/** Page → reader worker. The engine's port comes first; then tasks, one at a time. */
export type ToReader =
  | { kind: 'port'; port: MessagePort }
  | { kind: 'sniff'; file: File }
  | { kind: 'read'; id: number; file: File; job: Job }
  | { kind: 'stop' };

/** Reader worker → page: any number of `progress`, then one of the others ends the task. */
export type FromReader = { kind: 'progress'; progress: JobProgress } | Outcome;

/** What a task came to. */
export type Outcome =
  | { kind: 'sniffed'; sniff: Sniff }
  /** All of it, or as far as `progress.to` after a stop; the engine worker has every batch of it. */
  | { kind: 'read'; progress: JobProgress; stopped: boolean }
  /** The wasm instance trapped; results up to `takenTo` are with the engine. */
  | { kind: 'lost'; takenTo: number; progress: JobProgress; message: string }
  /** The browser could not read the file at `at`. */
  | { kind: 'unreadable'; at: number; progress: JobProgress; message: string };

/** Of the job at hand: how far in the file, and what was found so far. */
export interface JobProgress {
  to: number;
  records: number;
  events: number;
}

/** Reader worker → engine worker over the port, answered by `'taken'`. */
export type Batch = ArrayBuffer;

/** Page → worker that answers questions: one question, one answer with the same number. */
export interface Question {
  number: number;
  method: string;
  values: unknown[];
}
export type Answer = { number: number } & ({ value: unknown } | { error: string; lost: boolean });
