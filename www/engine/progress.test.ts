import { expect, it } from 'vitest';
import { Progress } from './progress.ts';

it('says nothing before there is enough to tell', () => {
  const p = new Progress();
  expect(p.pace(100).secondsLeft).toBeNull();
  p.add({ at: 0, bytes: 0, events: 0 });
  p.add({ at: 100, bytes: 10, events: 1 });
  expect(p.pace(100).secondsLeft).toBeNull();
});

it('tells rate and time left', () => {
  const p = new Progress();
  for (let s = 0; s <= 2; s++) p.add({ at: s * 1000, bytes: s * 50, events: s * 7 });
  expect(p.pace(400)).toEqual({ bytesPerSecond: 50, eventsPerSecond: 7, secondsLeft: 6 });
});

it('forgets how slow it was long ago', () => {
  const p = new Progress();
  p.add({ at: 0, bytes: 0, events: 0 });
  for (let s = 60; s <= 70; s++) p.add({ at: s * 1000, bytes: (s - 60) * 100, events: 0 });
  expect(p.pace(2000).bytesPerSecond).toBe(100);
});

it('has no time left to tell when nothing moves', () => {
  const p = new Progress();
  p.add({ at: 0, bytes: 5, events: 0 });
  p.add({ at: 3000, bytes: 5, events: 0 });
  expect(p.pace(10).secondsLeft).toBeNull();
});
