import { expect, it } from 'vitest';
import { BLOCK_ROWS, Blocks } from './blocks.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve));

function counting(most = 40) {
  const asked: number[] = [];
  let changes = 0;
  const blocks = new Blocks<number>(
    async (offset, limit) => {
      asked.push(offset);
      return Array.from({ length: limit }, (_, i) => offset + i);
    },
    () => {
      changes += 1;
    },
    (error) => {
      throw error;
    },
    most,
  );
  return { blocks, asked, changes: () => changes };
}

it('fetches a block once and gives its rows', async () => {
  const { blocks, asked, changes } = counting();
  expect(blocks.row(300)).toBeUndefined();
  expect(blocks.row(301)).toBeUndefined();
  await settle();
  expect(asked).toEqual([BLOCK_ROWS]);
  expect(changes()).toBe(1);
  expect(blocks.row(300)).toBe(300);
});

it('lets the longest unused block go', async () => {
  const { blocks, asked } = counting(2);
  for (const block of [0, 1, 0, 2, 0, 1]) {
    blocks.row(block * BLOCK_ROWS);
    await settle();
  }
  expect(asked.map((o) => o / BLOCK_ROWS)).toEqual([0, 1, 2, 1]);
});

it('forgets what was under way when it is cleared', async () => {
  const { blocks, asked, changes } = counting();
  blocks.row(0);
  blocks.clear();
  await settle();
  expect(changes()).toBe(0);
  blocks.row(0);
  await settle();
  expect(asked).toEqual([0, 0]);
  expect(blocks.row(5)).toBe(5);
});
