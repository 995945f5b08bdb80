import { describe, expect, it } from 'vitest';
import { afterLoss, CHUNK_BYTES, chunkStart, HEADER_BYTES, nextChunk, split } from './jobs.ts';

describe('split', () => {
  it('covers every byte once, and starts all but the first at a chunk', () => {
    for (const size of [1, 4095, 4096, 69_632, 22_614_016, 100_000_001]) {
      const jobs = split(size, 1024 * 1024);
      expect(jobs[0]?.start).toBe(0);
      expect(jobs.at(-1)?.end).toBe(size);
      jobs.slice(1).forEach((job, i) => {
        expect(job.start).toBe(jobs[i]?.end);
        expect((job.start - HEADER_BYTES) % CHUNK_BYTES).toBe(0);
      });
    }
  });

  it('has nothing to do for an empty file', () => expect(split(0)).toEqual([]));

  it('cuts 22.6 MB in two', () => {
    expect(split(22_614_016).map((j) => j.start)).toEqual([0, 4096 + 16 * 1024 * 1024]);
  });
});

describe('chunk boundaries', () => {
  it('rounds down and up', () => {
    expect([0, 4095, 4096, 4097, 69_631, 69_632].map(chunkStart)).toEqual([0, 0, 4096, 4096, 4096, 69_632]);
    expect([0, 4095, 4096, 69_632].map(nextChunk)).toEqual([4096, 4096, 69_632, 135_168]);
  });
});

describe('afterLoss', () => {
  const job = { start: 4096, end: 4096 + 3 * CHUNK_BYTES, careful: false };

  it('first looks for the chunk', () => {
    expect(afterLoss(job, 69_632)).toEqual({
      rest: { start: 69_632, end: job.end, careful: true },
      lostChunk: null,
    });
  });

  it('then leaves it out', () => {
    expect(afterLoss({ ...job, careful: true }, 69_632)).toEqual({
      rest: { start: 135_168, end: job.end, careful: false },
      lostChunk: 69_632,
    });
  });

  it('ends where the lost chunk was the last', () => {
    const last = job.end - CHUNK_BYTES;
    expect(afterLoss({ ...job, careful: true }, last)).toEqual({ rest: null, lostChunk: last });
  });
});
