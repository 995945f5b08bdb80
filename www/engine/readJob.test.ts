import { describe, expect, it } from 'vitest';
import { type ReaderModule, readJob, type Surroundings } from './readJob.ts';

const CHUNK = 65_536;
const job = { start: 0, end: 4096 + 2 * CHUNK, careful: false };

async function* three() {
  yield { bytes: new Uint8Array(4096), offset: 0 };
  yield { bytes: new Uint8Array(CHUNK), offset: 4096 };
  yield { bytes: new Uint8Array(CHUNK), offset: 4096 + CHUNK };
}

function setting(change: Partial<Surroundings> = {}, trapAt = -1) {
  const log: string[] = [];
  let pushed = 0;
  const reader: ReaderModule = {
    push(_bytes, offset) {
      if (offset === trapAt) throw new WebAssembly.RuntimeError('unreachable');
      pushed += 1;
      log.push(`push ${offset}`);
    },
    finish: (atEnd) => void log.push(`finish ${atEnd}`),
    pending: () => 1,
    take: () => {
      log.push('take');
      return new Uint8Array(1);
    },
    records: () => pushed * 2,
    events: () => pushed,
    free: () => void log.push('free'),
  };
  const around: Surroundings = {
    send: async () => undefined,
    sent: async () => undefined,
    report: () => undefined,
    stopping: () => false,
    now: () => 0,
    ...change,
  };
  return { log, around, open: () => reader };
}

describe('readJob', () => {
  it('pushes all pieces, finishes, hands over and frees', async () => {
    const { log, around, open } = setting();
    const outcome = await readJob(open, three(), job, true, around);
    expect(outcome).toEqual({
      kind: 'read',
      stopped: false,
      progress: { to: job.end, records: 6, events: 3 },
    });
    expect(log).toEqual(['push 0', 'push 4096', 'push 69632', 'finish true', 'take', 'free']);
  });

  it('hands over early when time has passed', async () => {
    let t = 0;
    const { log, around, open } = setting({ now: () => (t += 200) });
    await readJob(open, three(), job, true, around);
    expect(log.filter((l) => l === 'take').length).toBeGreaterThan(1);
  });

  it('keeps what was read when it is stopped, and blames no damage on the cut', async () => {
    let pieces = 0;
    const { log, around, open } = setting({ stopping: () => ++pieces === 2 });
    const outcome = await readJob(open, three(), job, true, around);
    expect(outcome).toMatchObject({ kind: 'read', stopped: true, progress: { to: 69_632 } });
    expect(log).toEqual(['push 0', 'push 4096', 'take', 'free']);
  });

  it('tells how far the results reached when the module traps', async () => {
    const { around, open } = setting({}, 69_632);
    expect(await readJob(open, three(), job, true, around)).toMatchObject({ kind: 'lost', takenTo: 0 });
    const careful = setting({}, 69_632);
    expect(
      await readJob(careful.open, three(), { ...job, careful: true }, true, careful.around),
    ).toMatchObject({
      kind: 'lost',
      takenTo: 69_632,
    });
  });

  it('tells where the file could not be read, and keeps the rest', async () => {
    const { log, around, open } = setting();
    async function* broken() {
      yield { bytes: new Uint8Array(4096), offset: 0 };
      throw new DOMException('', 'NotFoundError');
    }
    const outcome = await readJob(open, broken(), job, true, around);
    expect(outcome).toMatchObject({ kind: 'unreadable', at: 4096 });
    expect(log).toContain('take');
  });
});
