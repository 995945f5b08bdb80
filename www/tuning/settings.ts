import type { DetectionSettings, Findings, Suppression } from '../engine/protocol.ts';
import { counted } from '../text/format.ts';

/** Settings are values: each change makes new ones, so that it can be taken back. */
export const DEFAULTS: DetectionSettings = { thresholds: {}, suppressions: [] };

const KINDS: readonly string[] = ['account', 'host', 'address', 'rule'];

/** A threshold at its default is not written down: a better default of a later version takes hold. */
export function withThreshold(
  settings: DetectionSettings,
  { key, default: byDefault }: { key: string; default: number },
  value: number,
): DetectionSettings {
  const { [key]: _, ...others } = settings.thresholds;
  return { ...settings, thresholds: value === byDefault ? others : { ...others, [key]: value } };
}

export function isSame(a: Suppression, b: Suppression): boolean {
  return a.kind === b.kind && a.value === b.value;
}

export function withSuppression(settings: DetectionSettings, added: Suppression): DetectionSettings {
  if (settings.suppressions.some((s) => isSame(s, added))) return settings;
  return { ...settings, suppressions: [...settings.suppressions, added] };
}

export function withoutSuppression(settings: DetectionSettings, gone: Suppression): DetectionSettings {
  return { ...settings, suppressions: settings.suppressions.filter((s) => !isSame(s, gone)) };
}

export function isDefault({ thresholds, suppressions }: DetectionSettings): boolean {
  return Object.keys(thresholds).length === 0 && suppressions.length === 0;
}

/** `3 thresholds changed, 1 suppression hides 4 findings` */
export function difference(settings: DetectionSettings, found: Findings | null): string {
  const changed = Object.keys(settings.thresholds).length;
  const suppressions = settings.suppressions.length;
  const parts: string[] = [];
  if (changed > 0) parts.push(`${counted(changed, 'threshold')} changed`);
  if (suppressions > 0) {
    // Findings of two suppressions are hidden once: the rules count them.
    const hidden = found?.rules.reduce((n, r) => n + r.suppressed, 0) ?? 0;
    const verb = suppressions === 1 ? 'hides' : 'hide';
    parts.push(`${counted(suppressions, 'suppression')} ${verb} ${counted(hidden, 'finding')}`);
  }
  return parts.join(', ');
}

/** What is kept for the next visit. Accounts, hosts and addresses are names out of a log: only where the user says so. */
export function toKeep(settings: DetectionSettings, withNames: boolean): string {
  const suppressions = settings.suppressions.filter((s) => withNames || s.kind === 'rule');
  return JSON.stringify({ ...settings, suppressions });
}

/** Takes what is kept only where it has the right form: anybody may have written there. */
export function parse(text: string | null): DetectionSettings {
  let found: unknown;
  try {
    found = JSON.parse(text ?? 'null');
  } catch {
    return DEFAULTS;
  }
  if (typeof found !== 'object' || found === null) return DEFAULTS;
  const { thresholds, suppressions } = found as Record<string, unknown>;
  const numbers = Object.entries(typeof thresholds === 'object' && thresholds !== null ? thresholds : {});
  return {
    thresholds: Object.fromEntries(numbers.filter(([, n]) => Number.isSafeInteger(n))),
    suppressions: (Array.isArray(suppressions) ? suppressions : [])
      .filter(isSuppression)
      .map(({ kind, value }) => ({ kind, value })),
  };
}

function isSuppression(given: unknown): given is Suppression {
  if (typeof given !== 'object' || given === null) return false;
  const { kind, value } = given as Record<string, unknown>;
  return KINDS.includes(String(kind)) && typeof value === 'string' && value !== '';
}
