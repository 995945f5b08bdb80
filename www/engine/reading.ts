/**
 * The coordinator: shares the files among the readers, replaces a reader that is lost, and says how far it
 * all is. It knows readers and the engine by what they do, so that it is tested without workers.
 *
 *   add(files) ─▶ queue: sniff, sniff, …, job, job, job ─▶ N readers, each takes the next task when it is free
 */
import { afterLoss, type Job, split } from './jobs.ts';
import type { JobProgress, Outcome } from './messages.ts';

export type FileState = 'waiting' | 'reading' | 'done' | 'refused' | 'stopped';

export interface FileEntry {
  readonly id: number;
  /** With the folders it was found in: `logs/dc1/Security.evtx`. */
  readonly name: string;
  readonly file: File;
  state: FileState;
  /** Bytes read, records and events found, so far. */
  read: number;
  records: number;
  events: number;
  message: string | null;
}

export type Task = { kind: 'sniff'; entry: FileEntry } | { kind: 'read'; entry: FileEntry; job: Job };

export interface ReaderHandle {
  run(task: Task, onProgress: (progress: JobProgress) => void): Promise<Outcome>;
  stop(): void;
  end(): void;
}

/** What the coordinator tells the engine. */
export interface Registry {
  addFile(id: number, name: string, bytes: number): Promise<void>;
  refuseFile(id: number, name: string, bytes: number, message: string): Promise<void>;
  addDamage(id: number, offset: number, reason: string): Promise<void>;
  fileDone(id: number, cancelled: boolean): Promise<void>;
}

export interface Surroundings {
  registry: Registry;
  startReader(): ReaderHandle;
  workers: number;
  /** Something changed: a file's state, or how far it is. */
  changed(): void;
  /** Everything given so far is read, or was stopped. */
  idle(): void;
}

/** A part of a file under way or done: how far the counts of its jobs are. */
interface Part {
  read: number;
  records: number;
  events: number;
}

export class Reading {
  readonly files: FileEntry[] = [];
  private readonly queue: Task[] = [];
  private readonly idleReaders: ReaderHandle[] = [];
  private readonly busy = new Set<ReaderHandle>();
  private readonly parts = new Map<number, Set<Part>>();
  private readonly left = new Map<number, number>();
  private stopping = false;

  constructor(private readonly around: Surroundings) {}

  get isReading(): boolean {
    return this.busy.size > 0 || this.queue.length > 0;
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  /** Takes files in, next to what is there; the same file twice is left out and returned. */
  add(files: { name: string; file: File }[]): string[] {
    const twice: string[] = [];
    for (const { name, file } of files) {
      if (this.files.some((f) => isSame(f, name, file))) {
        twice.push(name);
        continue;
      }
      const entry: FileEntry = {
        id: this.files.length,
        name,
        file,
        state: 'waiting',
        read: 0,
        records: 0,
        events: 0,
        message: null,
      };
      this.files.push(entry);
      this.parts.set(entry.id, new Set());
      void this.around.registry.addFile(entry.id, name, file.size);
      // Looking comes first, so that a wrong file is told at once and the total is known.
      const firstRead = this.queue.findIndex((t) => t.kind === 'read');
      this.queue.splice(firstRead < 0 ? this.queue.length : firstRead, 0, { kind: 'sniff', entry });
    }
    this.around.changed();
    this.fill();
    return twice;
  }

  /** Stops; what was read is kept. */
  stop(): void {
    if (!this.isReading) return;
    this.stopping = true;
    const waiting = new Set(this.queue.splice(0).map((task) => task.entry));
    for (const entry of waiting) if (!this.isAtWork(entry)) this.close(entry, 'stopped');
    for (const reader of this.busy) reader.stop();
    this.around.changed();
    if (this.busy.size === 0) this.rest();
  }

  private readonly atWork = new Map<ReaderHandle, FileEntry>();
  private isAtWork(entry: FileEntry): boolean {
    return [...this.atWork.values()].includes(entry);
  }

  private fill(): void {
    while (this.queue.length > 0 && !this.stopping) {
      const reader =
        this.idleReaders.pop() ?? (this.busy.size < this.around.workers ? this.around.startReader() : null);
      const task = reader && this.queue.shift();
      if (!reader || !task) return;
      this.busy.add(reader);
      this.atWork.set(reader, task.entry);
      void this.perform(reader, task);
    }
  }

  private async perform(reader: ReaderHandle, task: Task): Promise<void> {
    const { entry } = task;
    const part: Part = { read: 0, records: 0, events: 0 };
    this.parts.get(entry.id)?.add(part);
    if (task.kind === 'read') entry.state = 'reading';
    const note = (progress: JobProgress) => {
      if (task.kind !== 'read') return;
      part.read = progress.to - task.job.start;
      part.records = progress.records;
      part.events = progress.events;
      this.sum(entry);
    };
    let isFit = true;
    try {
      const outcome = await reader.run(task, note);
      if ('progress' in outcome) note(outcome.progress);
      if (task.kind === 'sniff') this.looked(entry, outcome);
      else isFit = await this.readSome(entry, task.job, outcome);
    } catch (error) {
      isFit = false;
      this.fail(entry, error instanceof Error ? error.message : String(error));
    }
    this.busy.delete(reader);
    this.atWork.delete(reader);
    if (isFit) this.idleReaders.push(reader);
    else reader.end();
    this.around.changed();
    this.fill();
    if (!this.isReading) this.rest();
  }

  private looked(entry: FileEntry, outcome: Outcome): void {
    if (outcome.kind !== 'sniffed') return;
    if (outcome.sniff.kind === 'refused') {
      const message = outcome.sniff.message ?? 'This is not an EVTX file.';
      entry.message = message;
      entry.state = 'refused';
      void this.around.registry.refuseFile(entry.id, entry.name, entry.file.size, message);
    } else if (this.stopping) {
      this.close(entry, 'stopped');
    } else {
      const jobs = split(entry.file.size);
      this.left.set(entry.id, jobs.length);
      this.queue.push(...jobs.map((job): Task => ({ kind: 'read', entry, job })));
      if (jobs.length === 0) this.close(entry, 'done');
    }
  }

  /** Whether the reader can go on. */
  private async readSome(entry: FileEntry, job: Job, outcome: Outcome): Promise<boolean> {
    if (outcome.kind === 'lost') {
      const { rest, lostChunk } = afterLoss(job, outcome.takenTo);
      if (lostChunk !== null) {
        await this.around.registry.addDamage(
          entry.id,
          lostChunk,
          `This chunk broke the reader (${outcome.message}) and was left out; please report it.`,
        );
      }
      if (rest && !this.stopping) this.queue.unshift({ kind: 'read', entry, job: rest });
      else this.jobDone(entry, this.stopping);
      return false;
    }
    if (outcome.kind === 'unreadable') {
      await this.around.registry.addDamage(entry.id, outcome.at, outcome.message);
      entry.message = outcome.message;
    }
    this.jobDone(entry, this.stopping || (outcome.kind === 'read' && outcome.stopped));
    return true;
  }

  private jobDone(entry: FileEntry, stopped: boolean): void {
    const left = (this.left.get(entry.id) ?? 1) - 1;
    this.left.set(entry.id, left);
    if (stopped) {
      const isShort = entry.read < entry.file.size;
      if (![...this.queue].some((t) => t.entry === entry)) this.close(entry, isShort ? 'stopped' : 'done');
    } else if (left === 0) this.close(entry, 'done');
  }

  private fail(entry: FileEntry, message: string): void {
    this.queue.splice(0, this.queue.length, ...this.queue.filter((t) => t.entry !== entry));
    entry.message = message;
    entry.state = 'refused';
    void this.around.registry.refuseFile(entry.id, entry.name, entry.file.size, message);
  }

  private close(entry: FileEntry, state: 'done' | 'stopped'): void {
    entry.state = state;
    void this.around.registry.fileDone(entry.id, state === 'stopped');
  }

  private sum(entry: FileEntry): void {
    let [read, records, events] = [0, 0, 0];
    for (const part of this.parts.get(entry.id) ?? []) {
      read += part.read;
      records += part.records;
      events += part.events;
    }
    // After the loss of a reader some bytes are read twice.
    entry.read = Math.min(read, entry.file.size);
    entry.records = records;
    entry.events = events;
    this.around.changed();
  }

  private rest(): void {
    this.stopping = false;
    // A reader keeps as much memory as its largest job took.
    for (const reader of this.idleReaders.splice(0)) reader.end();
    this.around.changed();
    this.around.idle();
  }
}

function isSame(entry: FileEntry, name: string, file: File): boolean {
  const { file: known } = entry;
  return entry.name === name && known.size === file.size && known.lastModified === file.lastModified;
}
