/** How fast it goes and how long it still takes, from a few seconds of samples. */

export interface Sample {
  /** Milliseconds, of any clock that only goes forward. */
  at: number;
  bytes: number;
  events: number;
}

export interface Pace {
  bytesPerSecond: number;
  eventsPerSecond: number;
  /** `null` until there is enough to tell. */
  secondsLeft: number | null;
}

/** Speeds change with the disk and the kind of records: look back this far and no further. */
const WINDOW_MS = 4000;
const ENOUGH_MS = 400;

export class Progress {
  private samples: Sample[] = [];

  add(sample: Sample): void {
    this.samples.push(sample);
    const oldest = sample.at - WINDOW_MS;
    // One sample older than the window stays: it is where the window begins.
    while ((this.samples[1]?.at ?? Number.POSITIVE_INFINITY) <= oldest) this.samples.shift();
  }

  pace(totalBytes: number): Pace {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    const ms = first && last ? last.at - first.at : 0;
    if (!first || !last || ms < ENOUGH_MS) {
      return { bytesPerSecond: 0, eventsPerSecond: 0, secondsLeft: null };
    }
    const bytesPerSecond = ((last.bytes - first.bytes) * 1000) / ms;
    const left = Math.max(0, totalBytes - last.bytes);
    return {
      bytesPerSecond,
      eventsPerSecond: ((last.events - first.events) * 1000) / ms,
      secondsLeft: bytesPerSecond > 0 ? left / bytesPerSecond : null,
    };
  }
}
