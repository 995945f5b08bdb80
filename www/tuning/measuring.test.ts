import { expect, it } from 'vitest';
import type { DetectionSettings, Tuning } from '../engine/protocol.ts';
import { unpacked } from './labelled.ts';
import { Measuring } from './measuring.svelte.ts';

const settings = (n: number): DetectionSettings => ({ thresholds: { n }, suppressions: [] });

/** Answers when the test says so, with the threshold as the number of attacks found. */
function fake() {
  const open: (() => void)[] = [];
  const asked: number[] = [];
  let starts = 0;
  const start = async () => {
    starts += 1;
    return {
      measure: (s: DetectionSettings) => {
        asked.push(s.thresholds.n ?? 0);
        return new Promise<Tuning>((done) => open.push(() => done({ found: s.thresholds.n } as Tuning)));
      },
      end: () => undefined,
    };
  };
  const answer = async () => {
    open.shift()?.();
    await new Promise((done) => setTimeout(done));
  };
  return { start, asked, answer, starts: () => starts };
}

it('measures one at a time, and of those that came meanwhile the last', async () => {
  const { start, asked, answer, starts } = fake();
  const measuring = new Measuring(start);
  await measuring.measure(settings(1));
  expect(asked).toEqual([]);
  void measuring.turn(true, settings(2));
  await answer();
  for (const n of [3, 4, 5]) void measuring.measure(settings(n));
  await answer();
  expect(measuring.result?.found).toBe(2);
  await answer();
  expect(asked).toEqual([2, 5]);
  expect([measuring.result?.found, measuring.busy, starts()]).toEqual([5, '', 1]);
  await measuring.turn(false, settings(5));
  expect(measuring.result).toBeNull();
});

it('says what failed, and can begin again', async () => {
  const measuring = new Measuring(() => Promise.reject(new Error('not on this server')));
  await measuring.turn(true, settings(1));
  expect([measuring.failed, measuring.isOn, measuring.busy]).toEqual(['not on this server', false, '']);
});

it('takes the set packed or already unpacked', async () => {
  const plain = new Uint8Array([1, 2, 3]);
  expect(await unpacked(plain)).toEqual(plain);
});
