import { describe, expect, it } from 'vitest';
import type { Outcome } from './messages.ts';
import { type ReaderHandle, Reading, type Task } from './reading.ts';

/** A file of `size` bytes without the bytes. */
function fake(name: string, size: number): { name: string; file: File } {
  return { name, file: { name, size, lastModified: 1 } as File };
}

type Script = (task: Task) => Outcome | Promise<Outcome>;

function start(script: Script, workers = 2) {
  const told: string[] = [];
  let started = 0;
  let ended = 0;
  let idle: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    idle = resolve;
  });
  const stops: (() => void)[] = [];
  const reading = new Reading({
    workers,
    startReader(): ReaderHandle {
      started += 1;
      return {
        run: async (task) => script(task),
        stop: () => stops.forEach((s) => void s()),
        end: () => {
          ended += 1;
        },
      };
    },
    registry: {
      addFile: async (id, name) => void told.push(`add ${id} ${name}`),
      refuseFile: async (id, _n, _b, message) => void told.push(`refuse ${id} ${message}`),
      addDamage: async (id, offset) => void told.push(`damage ${id} ${offset}`),
      fileDone: async (id, cancelled) => void told.push(`done ${id}${cancelled ? ' cancelled' : ''}`),
    },
    changed: () => undefined,
    idle: () => idle(),
  });
  return { reading, told, finished, stops, counts: () => ({ started, ended }) };
}

const good: Outcome = { kind: 'sniffed', sniff: { kind: 'evtx', message: null } };
const whole = (task: Task): Outcome =>
  task.kind === 'sniff'
    ? good
    : { kind: 'read', stopped: false, progress: { to: task.job.end, records: 10, events: 4 } };

describe('Reading', () => {
  it('reads every file and adds its jobs up', async () => {
    const { reading, told, finished } = start(whole);
    reading.add([fake('a.evtx', 40 * 1024 * 1024), fake('b.evtx', 69_632)]);
    await finished;
    expect(reading.files.map((f) => [f.state, f.read, f.records])).toEqual([
      ['done', 40 * 1024 * 1024, 30],
      ['done', 69_632, 10],
    ]);
    expect(told.filter((t) => t.startsWith('done')).sort()).toEqual(['done 0', 'done 1']);
  });

  it('refuses a bad file and reads the good one beside it', async () => {
    const { reading, told, finished } = start((task) =>
      task.entry.name === 'bad.txt'
        ? { kind: 'sniffed', sniff: { kind: 'refused', message: 'no EVTX' } }
        : whole(task),
    );
    reading.add([fake('bad.txt', 10), fake('good.evtx', 69_632)]);
    await finished;
    expect(reading.files.map((f) => f.state)).toEqual(['refused', 'done']);
    expect(told).toContain('refuse 0 no EVTX');
  });

  it('replaces a reader that is lost, finds the chunk and goes on behind it', async () => {
    const size = 4096 + 10 * 65_536;
    const bad = 4096 + 3 * 65_536;
    const seen: string[] = [];
    const { told, finished, reading, counts } = start((task) => {
      if (task.kind === 'sniff') return good;
      const { start: from, end, careful } = task.job;
      seen.push(`${from}-${end}${careful ? ' careful' : ''}`);
      const isHit = from <= bad && bad < end;
      const at = careful ? bad : from;
      if (isHit)
        return {
          kind: 'lost',
          takenTo: at,
          message: 'unreachable',
          progress: { to: at, records: 0, events: 0 },
        };
      return whole(task);
    }, 1);
    reading.add([fake('a.evtx', size)]);
    await finished;
    expect(seen).toEqual([`0-${size}`, `0-${size} careful`, `${bad + 65_536}-${size}`]);
    expect(told).toContain(`damage 0 ${bad}`);
    expect(told.at(-1)).toBe('done 0');
    expect(counts()).toEqual({ started: 3, ended: 3 });
  });

  it('tells a file the browser cannot read, with the place', async () => {
    const { told, finished, reading } = start((task) =>
      task.kind === 'sniff'
        ? good
        : { kind: 'unreadable', at: 4096, message: 'gone', progress: { to: 4096, records: 0, events: 0 } },
    );
    reading.add([fake('a.evtx', 69_632)]);
    await finished;
    expect(told).toContain('damage 0 4096');
    expect(reading.files[0]).toMatchObject({ state: 'done', message: 'gone' });
  });

  it('stops: what waits is not begun, what is read is kept', async () => {
    const { reading, told, finished, stops } = start(
      (task) =>
        task.kind === 'sniff'
          ? good
          : new Promise((resolve) => {
              stops.push(() =>
                resolve({ kind: 'read', stopped: true, progress: { to: 8192, records: 3, events: 1 } }),
              );
            }),
      1,
    );
    reading.add([fake('a.evtx', 69_632), fake('b.evtx', 69_632)]);
    while (stops.length === 0) await new Promise((r) => setTimeout(r));
    reading.stop();
    await finished;
    expect(reading.files.map((f) => [f.state, f.records])).toEqual([
      ['stopped', 3],
      ['stopped', 0],
    ]);
    expect(told.filter((t) => t.startsWith('done')).sort()).toEqual(['done 0 cancelled', 'done 1 cancelled']);
    expect(reading.isReading).toBe(false);
  });

  it('leaves out the same file given twice', async () => {
    const { reading, finished } = start(whole);
    reading.add([fake('a.evtx', 69_632)]);
    expect(reading.add([fake('a.evtx', 69_632)])).toEqual(['a.evtx']);
    await finished;
    expect(reading.files).toHaveLength(1);
  });

  it('tells when a reader cannot be started', async () => {
    const { reading, finished } = start(() => Promise.reject(new Error('no worker')));
    reading.add([fake('a.evtx', 69_632)]);
    await finished;
    expect(reading.files[0]).toMatchObject({ state: 'refused', message: 'no worker' });
  });
});
