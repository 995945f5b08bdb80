/** Sharing a file among readers: EVTX chunks of 64 KiB stand alone behind a header of 4096 bytes. */

export const HEADER_BYTES = 4096;
export const CHUNK_BYTES = 65_536;
/** Large enough that handing over costs nothing, small enough that two readers end at about the same time. */
export const JOB_BYTES = 16 * 1024 * 1024;

/** A run of bytes of one file: `[start, end)`. */
export interface Job {
  start: number;
  end: number;
  /** Chunk by chunk, to find out which one ends the reader. */
  careful: boolean;
}

/**
 * `[0, 4096+16 MiB), [4096+16 MiB, 4096+32 MiB) … size`: the first begins with the header, all others at
 * a chunk.
 */
export function split(size: number, jobBytes = JOB_BYTES): Job[] {
  const step = Math.max(CHUNK_BYTES, jobBytes - (jobBytes % CHUNK_BYTES));
  const jobs: Job[] = [];
  for (let start = 0; start < size; ) {
    const end = Math.min(size, (start === 0 ? HEADER_BYTES : start) + step);
    jobs.push({ start, end, careful: false });
    start = end;
  }
  return jobs;
}

/** The last chunk boundary at or before `offset`; 0 inside the header. */
export function chunkStart(offset: number): number {
  if (offset < HEADER_BYTES) return 0;
  return offset - ((offset - HEADER_BYTES) % CHUNK_BYTES);
}

/** The first chunk boundary after `offset`. */
export function nextChunk(offset: number): number {
  return offset < HEADER_BYTES ? HEADER_BYTES : chunkStart(offset) + CHUNK_BYTES;
}

/**
 * What is left of a job whose reader was lost. In the first round nothing is known but how far its results
 * reached, so go on from there chunk by chunk; in a careful round the chunk is known: skip it.
 */
export function afterLoss(job: Job, takenTo: number): { rest: Job | null; lostChunk: number | null } {
  if (!job.careful) return { rest: { start: takenTo, end: job.end, careful: true }, lostChunk: null };
  const start = nextChunk(takenTo);
  const rest = start < job.end ? { start, end: job.end, careful: false } : null;
  return { rest, lostChunk: takenTo };
}
