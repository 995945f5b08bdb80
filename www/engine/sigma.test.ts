import { describe, expect, it } from 'vitest';
import { type FromSigma, runSigma, type ToSigma } from './sigma.ts';
import { type SigmaModule, type SigmaProgress, sigmaJob } from './sigmaJob.ts';

function setting(failAt = '') {
  const log: string[] = [];
  const module: SigmaModule = {
    rules: () => 2,
    errors: () => [{ file: 'a.md', reason: 'not a rule' }],
    file: (name) => void log.push(`file ${name}`),
    push(bytes, offset) {
      log.push(`push ${offset}+${bytes.byteLength}`);
    },
    finish: (atEnd) => void log.push(`finish ${atEnd}`),
    records: () => log.length,
    hits: () => 1,
    report: () => ({ rules: [], errors: [], filters: 0, records: log.length }),
  };
  let now = 0;
  const seen: SigmaProgress[] = [];
  const around = {
    async *pieces(file: Blob) {
      yield { bytes: new Uint8Array(4), offset: 0 };
      if (failAt === 'disk') throw new Error('gone');
      if (failAt === 'trap') throw new WebAssembly.RuntimeError('unreachable');
      yield { bytes: new Uint8Array(file.size - 4), offset: 4 };
    },
    report: (progress: SigmaProgress) => void seen.push(progress),
    now: () => (now += 60),
  };
  const files = ['one', 'two'].map((name) => ({ name, file: new Blob([new Uint8Array(10)]) }));
  return { log, seen, run: () => sigmaJob(module, files, around) };
}

describe('sigmaJob', () => {
  it('pushes every file, in order, and tells how far it is', async () => {
    const { log, seen, run } = setting();
    const outcome = await run();
    expect(outcome.unreadable).toEqual([]);
    expect(log).toEqual(['one', 'two'].flatMap((f) => [`file ${f}`, 'push 0+4', 'push 4+6', 'finish true']));
    expect(seen[0]).toMatchObject({ read: 0, total: 20, rules: 2, errors: [{ file: 'a.md' }] });
    expect(seen.at(-1)).toMatchObject({ read: 20, hits: 1 });
    expect(seen.map((p) => p.read)).toEqual([...seen.map((p) => p.read)].sort((a, b) => a - b));
    expect(seen.length).toBeLessThan(8);
  });

  it('goes on with the next file where the disk fails, and says so', async () => {
    const { log, run } = setting('disk');
    const outcome = await run();
    expect(outcome.unreadable).toEqual(['one', 'two'].map((file) => ({ file, reason: 'gone' })));
    expect(log.filter((l) => l === 'finish true')).toHaveLength(2);
  });

  it('fails with a sentence where the module traps', async () => {
    await expect(setting('trap').run()).rejects.toThrow('Running the rules over one broke the matcher');
  });
});

class FakeWorker {
  onmessage: ((event: { data: FromSigma }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  got: ToSigma | null = null;
  ended = false;
  postMessage(message: ToSigma) {
    this.got = message;
  }
  terminate() {
    this.ended = true;
  }
}

describe('runSigma', () => {
  const file = { name: 'a.evtx', file: new Blob(['x']) };
  const rule = { name: 'a.yml', file: new Blob(['title: x']) };
  const outcome = { report: { rules: [], errors: [], filters: 0, records: 0 }, unreadable: [] };

  function started(signal?: AbortSignal) {
    const worker = new FakeWorker();
    const seen: number[] = [];
    const result = runSigma(
      [file],
      [rule],
      (p) => seen.push(p.read),
      signal,
      () => worker as unknown as Worker,
    );
    return { worker, seen, result };
  }

  it('hands over files and rules, passes progress on, ends the worker with the report', async () => {
    const { worker, seen, result } = started();
    expect(worker.got).toEqual({ files: [file], rules: [rule] });
    const progress = { rules: 1, errors: [], read: 7, total: 9, records: 0, hits: 0 };
    worker.onmessage?.({ data: { kind: 'progress', progress } });
    worker.onmessage?.({ data: { kind: 'done', outcome } });
    expect(await result).toBe(outcome);
    expect(seen).toEqual([7]);
    expect(worker.ended).toBe(true);
  });

  it('ends with the sentence of the worker', async () => {
    const { worker, result } = started();
    worker.onmessage?.({ data: { kind: 'failed', message: 'broken' } });
    await expect(result).rejects.toThrow('broken');
    expect(worker.ended).toBe(true);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { worker, result } = started(stop.signal);
    stop.abort();
    await expect(result).rejects.toMatchObject({ name: 'AbortError' });
    expect(worker.ended).toBe(true);
    await expect(started(stop.signal).result).rejects.toMatchObject({ name: 'AbortError' });
  });
});
