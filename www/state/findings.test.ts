import { expect, it, vi } from 'vitest';
import type { Findings } from '../engine/protocol.ts';
import { findings as sample } from '../findings/sampleFindings.ts';
import { FindingList } from './findings.svelte.ts';
import { evidenceOf, refound } from './found.ts';
import type { Session } from './session.svelte.ts';
import { Settings } from './settings.svelte.ts';

function list(answers: (() => Promise<Findings>)[]) {
  const engine = { findings: vi.fn(() => (answers.shift() ?? (async () => sample()))()) };
  const session = { engine, fail: vi.fn() };
  return { list: new FindingList(session as unknown as Session, new Settings()), engine, session };
}

it('shows incidents, opens them, filters them', async () => {
  const { list: made } = list([]);
  expect(made.shown).toEqual([]);
  await made.load();
  expect([made.rows.length, made.shownFindings, made.hasMedium]).toEqual([2, 4, true]);
  made.toggle(0);
  expect(made.rows.map((r) => r.finding)).toEqual([null, 0, 1, 2, null]);
  made.set({ least: 'high' });
  expect(made.rows.map((r) => r.finding)).toEqual([null, 0, 2]);
});

it('keeps incidents open when others come before them', async () => {
  const turned = sample();
  turned.incidents.reverse();
  const { list: made } = list([async () => sample(), async () => turned]);
  await made.load();
  made.toggle(0);
  await made.load();
  expect([made.isOpen(0), made.isOpen(1)]).toEqual([false, true]);
});

it('takes only the answer to the last question', async () => {
  let late: (f: Findings) => void = () => undefined;
  const empty = { ...sample(), incidents: [], findings: [] };
  const { list: made } = list([() => new Promise((done) => (late = done)), async () => empty]);
  const first = made.load();
  await made.load();
  late(sample());
  await first;
  expect(made.all).toBe(empty);
});

it('asks once for many changes, when they have ended', async () => {
  vi.useFakeTimers();
  const { list: made, engine } = list([]);
  await made.load();
  for (let i = 0; i < 5; i++) made.loadSoon();
  expect([made.thinking, engine.findings.mock.calls.length]).toEqual([true, 1]);
  await vi.advanceTimersByTimeAsync(200);
  expect([made.thinking, engine.findings.mock.calls.length]).toEqual([false, 2]);
  vi.useRealTimers();
});

it('lists the records of an incident once, and finds what was selected again', () => {
  const all = sample();
  const [incident] = all.incidents;
  if (!incident) throw new Error('the sample has an incident');
  const found = { incident, findings: all.findings.slice(0, 3) };
  expect(evidenceOf(found)).toEqual({ label: 'Password spray', rows: [3, 4, 9], total: 3 });
  const quiet = all.findings.filter((f) => f.id === 'quiet');
  expect(quiet.map((finding) => evidenceOf({ finding }).total)).toEqual([400]);

  // The numbers of findings are others when settings are: the same number is another finding.
  const less = sample();
  less.findings = less.findings.map((f, i) => ({
    ...f,
    id: `f${i + 1}`,
    rule: i === 0 ? 'another' : f.rule,
  }));
  const again = refound(found, less);
  expect(again && 'incident' in again && again.findings.map((f) => f.id)).toEqual(['f1', 'f2', 'f3']);
  expect(refound(found, { ...less, findings: [] })).toBeNull();
});
