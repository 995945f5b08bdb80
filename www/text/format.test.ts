import { expect, it } from 'vitest';
import { bytes, count, counted, duration, offset, percent, shortSpan, span, time } from './format.ts';

it('writes numbers', () => {
  expect(count(1234567)).toBe('1,234,567');
  expect([0, 1, 2].map((n) => counted(n, 'event'))).toEqual(['0 events', '1 event', '2 events']);
  expect(counted(2, 'entry', 'entries')).toBe('2 entries');
});

it('writes sizes', () => {
  expect([0, 999, 1000, 69_632, 999_499, 999_999, 22_614_016, 450e6, 3.2e12].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1 KB',
    '70 KB',
    '999 KB',
    '1.0 MB',
    '22.6 MB',
    '450 MB',
    '3.2 TB',
  ]);
});

it('writes times in UTC', () => {
  const at = Date.UTC(2026, 2, 2, 14, 7, 31);
  expect(time(at)).toBe('2026-03-02 14:07:31Z');
  expect(span(at, at + 3_600_000)).toBe('2026-03-02 14:07Z → 15:07Z');
  expect(span(at, at + 86_400_000)).toBe('2026-03-02 14:07Z → 2026-03-03 14:07Z');
  expect(shortSpan(at, at + 3_600_000)).toBe('2026-03-02 14:07Z → 15:07Z');
  expect(shortSpan(at, at + 86_400_000)).toBe('2026-03-02 → 2026-03-03');
});

it('writes durations', () => {
  expect([0, 0.2, 59, 60, 200, 3000, 7500].map(duration)).toEqual([
    '0 s',
    '1 s',
    '59 s',
    '1 min',
    '3 min 20 s',
    '50 min',
    '2 h 5 min',
  ]);
});

it('writes places and shares', () => {
  expect(offset(106_496)).toBe('0x0001a000');
  expect([percent(0, 0), percent(1, 3), percent(3, 3)]).toEqual(['0 %', '33 %', '100 %']);
});
