import type { DetectionSettings, Suppression, Threshold } from '../engine/protocol.ts';
import {
  DEFAULTS,
  isDefault,
  parse,
  toKeep,
  withoutSuppression,
  withSuppression,
  withThreshold,
} from '../tuning/settings.ts';
import { keep, kept } from './kept.ts';

const MOST_UNDONE = 100;

/** The detection settings at hand, and the ones before, to go back to. */
export class Settings {
  now = $state.raw<DetectionSettings>(parse(kept('detection')));
  /** Names in suppressions are kept for the next visit, too. */
  keepsNames = $state(kept('detection-names') === 'yes');
  private past = $state.raw<DetectionSettings[]>([]);
  /** What the last change was to: typing 1, 12, 120 into one field is one change. */
  private last = '';

  readonly isDefault = $derived(isDefault(this.now));
  readonly canUndo = $derived(this.past.length > 0);

  /** Called after each change. */
  onChanged: () => void = () => undefined;

  threshold(of: Threshold, value: number): void {
    this.change(withThreshold(this.now, of, value), of.key);
  }
  resetThresholds(): void {
    this.change({ ...this.now, thresholds: {} });
  }
  suppress(suppression: Suppression): void {
    this.change(withSuppression(this.now, suppression));
  }
  unsuppress(suppression: Suppression): void {
    this.change(withoutSuppression(this.now, suppression));
  }
  reset(): void {
    this.change(DEFAULTS);
  }

  /** What follows is a change of its own, even to the same threshold. */
  seal(): void {
    this.last = '';
  }

  undo(): void {
    const before = this.past.at(-1);
    if (!before) return;
    this.past = this.past.slice(0, -1);
    this.last = '';
    this.take(before);
  }

  keepNames(on: boolean): void {
    this.keepsNames = on;
    keep('detection-names', on ? 'yes' : 'no');
    this.keep();
  }

  private change(next: DetectionSettings, to = ''): void {
    if (next === this.now || JSON.stringify(next) === JSON.stringify(this.now)) return;
    if (!to || to !== this.last) this.past = [...this.past, this.now].slice(-MOST_UNDONE);
    this.last = to;
    this.take(next);
  }

  private take(settings: DetectionSettings): void {
    this.now = settings;
    this.keep();
    this.onChanged();
  }

  private keep(): void {
    keep('detection', toKeep(this.now, this.keepsNames));
  }
}
