import { Asking } from '../engine/asking.ts';
import type { DetectionSettings, Tuning } from '../engine/protocol.ts';
import { startWorker } from '../engine/startWorker.ts';
import { fetchLabelled } from './labelled.ts';
import tuningAddress from './tuning.worker.ts?worker&url';

/** What measures; another one stands in its place in tests. */
export interface Tuner {
  measure(settings: DetectionSettings): Promise<Tuning>;
  end(): void;
}

export async function startTuner(): Promise<Tuner> {
  const bytes = await fetchLabelled();
  const asking = new Asking(startWorker(tuningAddress, 'tuning'));
  try {
    await asking.ask<void>('load', bytes);
  } catch (error) {
    asking.worker.terminate();
    throw error;
  }
  return {
    measure: (settings) => asking.ask<Tuning>('measure', settings),
    end: () => asking.worker.terminate(),
  };
}

/** Measures the settings while it is on: one measurement at a time, and of settings that came meanwhile only the last. */
export class Measuring {
  isOn = $state(false);
  busy = $state<'' | 'loading' | 'measuring'>('');
  result = $state.raw<Tuning | null>(null);
  failed = $state<string | null>(null);

  private tuner: Tuner | null = null;
  private wanted: DetectionSettings | null = null;

  constructor(private readonly start: () => Promise<Tuner> = startTuner) {}

  /** Call with every change of the settings while it is on. */
  async measure(settings: DetectionSettings): Promise<void> {
    this.wanted = settings;
    if (!this.isOn || this.busy) return;
    this.failed = null;
    try {
      if (!this.tuner) {
        this.busy = 'loading';
        this.tuner = await this.start();
      }
      this.busy = 'measuring';
      while (this.wanted && this.isOn) {
        const next = this.wanted;
        this.wanted = null;
        this.result = await this.tuner.measure(next);
      }
    } catch (error) {
      this.failed = error instanceof Error ? error.message : String(error);
      this.tuner?.end();
      this.tuner = null;
      this.isOn = false;
    }
    this.busy = '';
  }

  async turn(on: boolean, settings: DetectionSettings): Promise<void> {
    this.isOn = on;
    if (on) await this.measure(settings);
    else this.result = null;
  }
}
