import { expect, it } from 'vitest';
import type { SigmaReport, SigmaRule } from '../engine/sigmaReport.ts';
import { recordsOf, summary } from '../sigma/report.ts';
import type { Session } from './session.svelte.ts';
import { type RunSigma, Sigma } from './sigma.svelte.ts';

const hit = (recordId: number, file = 'a.evtx') => ({
  time: 0,
  file,
  recordId,
  chunk: 0,
  offset: 0,
  computer: 'DC01',
  channel: 'Security',
  eventId: 4624,
  fields: [] as [string, string][],
});
const rule = (change: Partial<SigmaRule>): SigmaRule => ({
  id: null,
  title: 'Rule',
  level: 'high',
  tags: [],
  techniques: [],
  tactics: [],
  file: 'rule.yml',
  status: 'hits',
  reason: null,
  needs: 'Security 4624',
  read: 5,
  count: 1,
  hits: [],
  correlationHits: [],
  onlyCorrelated: false,
  ...change,
});
const report = (rules: SigmaRule[]): SigmaReport => ({ rules, errors: [], filters: 0, records: 10 });
const outcome = (rules: SigmaRule[]) => ({ report: report(rules), unreadable: [] });
const named = (name: string) => ({ name, file: new File([], name) });

function run(runner: RunSigma) {
  const asked: { file: number; recordId: number }[][] = [];
  const session = {
    files: [
      { id: 0, state: 'refused', ...named('bad.evtx') },
      { id: 7, state: 'done', ...named('a.evtx') },
    ],
    engine: {
      // Record 2 is not kept.
      rowsOf: async (records: { file: number; recordId: number }[]) => {
        asked.push(records);
        return records.map((r) => (r.recordId === 2 ? -1 : 100 + r.recordId));
      },
    },
  };
  return { sigma: new Sigma(session as unknown as Session, async () => runner), session, asked };
}

it('runs rules over the logs that could be read, and leaves out what is no rule', async () => {
  let seen: string[][] = [];
  const { sigma, session } = run(async (logs, rules, onProgress) => {
    seen = [logs.map((l) => l.name), rules.map((r) => r.name)];
    onProgress({ rules: 3, errors: [], read: 1, total: 2, records: 0, hits: 0 });
    return outcome([]);
  });
  await sigma.run(['r.yml', 'notes.txt', 'release.ZIP', 'x.yaml'].map(named));
  expect(seen).toEqual([['a.evtx'], ['r.yml', 'release.ZIP', 'x.yaml']]);
  expect([sigma.running, sigma.failed, sigma.report?.records]).toEqual([false, null, 10]);
  await sigma.run([named('notes.txt')]);
  expect(sigma.failed).toMatch(/is a rule/);
  expect(sigma.isOutdated).toBe(false);
  session.files = [...session.files, { id: 8, state: 'done', ...named('b.evtx') }];
});

it('says what failed; a run that was stopped leaves the report before it', async () => {
  const failing = run(() => Promise.reject(new Error('broken')));
  await failing.sigma.run([named('r.yml')]);
  expect([failing.sigma.failed, failing.sigma.running]).toEqual(['broken', false]);

  const stopped = run((_logs, _rules, _progress, signal) => {
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  });
  const running = stopped.sigma.run([named('r.yml')]);
  await new Promise((done) => setTimeout(done));
  stopped.sigma.stop();
  await running;
  expect([stopped.sigma.failed, stopped.sigma.report, stopped.sigma.running]).toEqual([null, null, false]);
});

it('finds the rows of what is kept, and keeps the rest apart', async () => {
  const { sigma, asked } = run(async () => outcome([]));
  const correlation = { first: 0, last: 0, group: [], value: 2, moreRecords: false };
  const opened = await sigma.open(
    rule({
      hits: [hit(1), hit(2), hit(3, 'gone.evtx')],
      correlationHits: [{ ...correlation, records: [['a.evtx', 1] as [string, number], ['a.evtx', 4]] }],
    }),
  );
  expect(asked[0]).toEqual([
    { file: 7, recordId: 1 },
    { file: 7, recordId: 2 },
    { file: 7, recordId: 4 },
  ]);
  expect(opened.rows).toEqual([101, 104]);
  expect(opened.others.map((h) => h.recordId)).toEqual([2, 3]);
});

it('sums a report up', () => {
  const all = report([
    rule({ hits: [hit(1), hit(1)] }),
    rule({ onlyCorrelated: true }),
    rule({ status: 'noHit' }),
    rule({ status: 'notEvaluable', reason: 'needs the Sysmon log' }),
  ]);
  const { hits, silent, notEvaluable } = summary(all);
  expect([hits.length, silent, notEvaluable.length]).toEqual([1, 1, 1]);
  expect(hits[0] && recordsOf(hits[0])).toHaveLength(1);
});
