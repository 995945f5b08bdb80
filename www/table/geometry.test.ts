import { describe, expect, it } from 'vitest';
import { CAP_PX, drawn, isCapped, lastTop, scrollAt, spacerPx, topAt, topShowing } from './geometry.ts';

const few = { total: 1000, rowPx: 25, viewPx: 250 };
const many = { total: 10_000_000, rowPx: 25, viewPx: 250 };

describe('below the cap', () => {
  it('a pixel is a pixel', () => {
    expect(spacerPx(few)).toBe(25_000);
    expect(isCapped(few)).toBe(false);
    expect(topAt(0, few)).toBe(0);
    expect(topAt(260, few)).toBeCloseTo(10.4);
    expect(topAt(24_750, few)).toBe(990);
    expect(scrollAt(10.4, few)).toBeCloseTo(260);
  });
});

describe('above the cap', () => {
  it('reaches the first and the last row', () => {
    expect(spacerPx(many)).toBe(CAP_PX);
    expect(isCapped(many)).toBe(true);
    expect(topAt(0, many)).toBe(0);
    expect(topAt(CAP_PX - 250, many)).toBe(lastTop(many));
  });
  it('goes there and back', () => {
    for (const top of [0, 1, 123_456.5, lastTop(many)])
      expect(topAt(scrollAt(top, many), many)).toBeCloseTo(top, 4);
  });
});

it('shows a short table without scrolling', () => {
  const short = { total: 3, rowPx: 25, viewPx: 250 };
  expect(lastTop(short)).toBe(0);
  expect(topAt(99, short)).toBe(0);
  expect(drawn(0, short)).toEqual({ from: 0, to: 3 });
});

it('moves as little as can be to show a row', () => {
  expect(topShowing(5, 0, few)).toBe(0);
  expect(topShowing(10, 0, few)).toBe(1);
  expect(topShowing(3, 7, few)).toBe(3);
  expect(topShowing(999, 0, few)).toBe(990);
});

it('draws what is in view', () => {
  expect(drawn(10.4, few)).toEqual({ from: 10, to: 21 });
  expect(drawn(990, few)).toEqual({ from: 990, to: 1000 });
});
