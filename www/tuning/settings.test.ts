import { beforeEach, describe, expect, it } from 'vitest';
import type { DetectionSettings, Findings, RuleState, Suppression, Threshold } from '../engine/protocol.ts';
import { Settings } from '../state/settings.svelte.ts';
import { falsePer100k, share } from './figures.ts';
import { DEFAULTS, difference, parse, toKeep } from './settings.ts';

const threshold = { key: 'spray.accounts', default: 10, value: 10, min: 2, max: 100 } as Threshold;
const other = { ...threshold, key: 'spray.minutes', default: 30 };
const scanner: Suppression = { kind: 'account', value: 'CORP\\svc-scan' };
const rule: Suppression = { kind: 'rule', value: 'log-cleared' };

beforeEach(() => localStorage.clear());

describe('settings', () => {
  it('hold only what differs from the defaults', () => {
    const settings = new Settings();
    settings.threshold(threshold, 12);
    expect(settings.now).toEqual({ thresholds: { 'spray.accounts': 12 }, suppressions: [] });
    settings.threshold(threshold, 10);
    expect(settings.now).toEqual(DEFAULTS);
    expect(settings.isDefault).toBe(true);
  });

  it('take changes back one by one; typing into one field is one change', () => {
    const settings = new Settings();
    for (const n of [2, 25]) settings.threshold(threshold, n);
    settings.threshold(other, 60);
    settings.suppress(scanner);
    settings.suppress(scanner);
    settings.reset();
    const seen: DetectionSettings[] = [];
    while (settings.canUndo) {
      settings.undo();
      seen.push(settings.now);
    }
    expect(seen.map((s) => [s.thresholds, s.suppressions.length])).toEqual([
      [{ 'spray.accounts': 25, 'spray.minutes': 60 }, 1],
      [{ 'spray.accounts': 25, 'spray.minutes': 60 }, 0],
      [{ 'spray.accounts': 25 }, 0],
      [{}, 0],
    ]);
  });

  it('begin another change when the field was left', () => {
    const settings = new Settings();
    settings.threshold(threshold, 20);
    settings.seal();
    settings.threshold(threshold, 21);
    settings.undo();
    expect(settings.now.thresholds).toEqual({ 'spray.accounts': 20 });
  });

  it('tell of each change once, and of none that changes nothing', () => {
    const settings = new Settings();
    let told = 0;
    settings.onChanged = () => {
      told += 1;
    };
    settings.unsuppress(scanner);
    settings.threshold(threshold, 10);
    settings.undo();
    expect(told).toBe(0);
    settings.suppress(rule);
    settings.undo();
    expect(told).toBe(2);
  });
});

describe('what is kept', () => {
  it('comes back at the next visit, names only where that was wished for', () => {
    const first = new Settings();
    first.threshold(threshold, 12);
    first.suppress(scanner);
    first.suppress(rule);
    expect(new Settings().now).toEqual({ thresholds: { 'spray.accounts': 12 }, suppressions: [rule] });
    expect(JSON.stringify({ ...localStorage })).not.toContain('svc-scan');
    first.keepNames(true);
    expect(new Settings().now).toEqual(first.now);
    first.keepNames(false);
    expect(JSON.stringify({ ...localStorage })).not.toContain('svc-scan');
  });

  it('is taken only in the right form', () => {
    for (const wrong of [null, '', '{', 'null', '7', '"x"', '{"thresholds":3,"suppressions":{}}'])
      expect(parse(wrong)).toEqual(DEFAULTS);
    const mixed = {
      thresholds: { good: 3, text: '4', none: null, half: 1.5 },
      suppressions: [scanner, { kind: 'planet', value: 'x' }, { kind: 'host' }, null, { ...rule, more: 1 }],
    };
    expect(parse(JSON.stringify(mixed))).toEqual({ thresholds: { good: 3 }, suppressions: [scanner, rule] });
    expect(parse(toKeep(parse(JSON.stringify(mixed)), true)).suppressions).toHaveLength(2);
  });
});

it('says how the settings differ from the defaults', () => {
  const found = { rules: [{ suppressed: 3 }, { suppressed: 1 }] as RuleState[] } as Findings;
  const settings = { thresholds: { a: 1, b: 2, c: 3 }, suppressions: [scanner] };
  expect(difference(settings, found)).toBe('3 thresholds changed, 1 suppression hides 4 findings');
  expect(difference({ ...settings, thresholds: {} }, null)).toBe('1 suppression hides 0 findings');
  expect(difference(DEFAULTS, found)).toBe('');
});

it('writes the measured figures, and rounds nothing up to all', () => {
  expect([share(45, 45), share(44, 45), share(9999, 10_000), share(0, 4), share(0, 0)]).toEqual([
    '100 %',
    '97.8 %',
    '99.9 %',
    '0 %',
    '–',
  ]);
  expect([falsePer100k(2, 410_000), falsePer100k(0, 0)]).toEqual(['0.49', '–']);
});
