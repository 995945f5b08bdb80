import { expect, it } from 'vitest';
import { type Box, spread } from './spread.ts';

const box = (x: number, y: number): Box => ({ x, y, halfWidth: 50, halfHeight: 20 });

function overlaps(boxes: Box[]): number {
  const places = spread(boxes);
  let n = 0;
  for (let i = 0; i < boxes.length; i++)
    for (let j = i + 1; j < boxes.length; j++) {
      const [p, q] = [places[i], places[j]];
      if (p && q && Math.abs(p.x - q.x) < 99 && Math.abs(p.y - q.y) < 39) n += 1;
    }
  return n;
}

it('leaves no box on another', () => {
  const grid = Array.from({ length: 60 }, (_, i) => box((i % 8) * 3, Math.floor(i / 8) * 2));
  expect(overlaps(grid)).toBe(0);
});

it('parts boxes on the very same place', () => {
  expect(overlaps([box(1, 1), box(1, 1), box(1, 1)])).toBe(0);
});

it('gives the same places each time', () => {
  const boxes = Array.from({ length: 30 }, (_, i) => box(Math.sin(i) * 9, Math.cos(i * 2) * 9));
  expect(spread(boxes)).toEqual(spread(boxes));
});

it('bears one node and none', () => {
  expect(spread([])).toEqual([]);
  expect(spread([box(3, 4)])).toHaveLength(1);
});
