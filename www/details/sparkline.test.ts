import { expect, it } from 'vitest';
import { sparkline } from './sparkline.ts';

it('draws from corner to corner', () => {
  expect(sparkline([0, 5, 10], 100, 20)).toBe('M0 20L0 20L50 10L100 0L100 20Z');
});
it('stays at the bottom where nothing happened', () => {
  expect(sparkline([0, 0], 10, 20)).toBe('M0 20L0 20L10 20L10 20Z');
});
it('has no path for no values', () => expect(sparkline([], 10, 20)).toBe(''));
