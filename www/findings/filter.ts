import type { Finding, Findings, NodeKind, Severity } from '../engine/protocol.ts';
import { isAtLeast } from './words.ts';

export interface Filter {
  least: Severity;
  tactic: string | null;
  /** Part of the name of an account, a host or an address. */
  text: string;
  /** Only what concerns this node; by name, since numbers change with the files. */
  node: { kind: NodeKind; full: string } | null;
}

export const NO_FILTER: Filter = { least: 'informational', tactic: null, text: '', node: null };

/** An incident of which something is left, and what is left of it: indexes into `Findings`. */
export interface Shown {
  incident: number;
  findings: number[];
}

export function matches(finding: Finding, { least, tactic, text, node }: Filter): boolean {
  if (!isAtLeast(finding.severity, least)) return false;
  if (tactic && finding.tactic !== tactic) return false;
  const actors = [...finding.accounts, ...finding.hosts];
  if (node && !actors.some((a) => a.kind === node.kind && a.full === node.full)) return false;
  const part = text.trim().toLowerCase();
  if (!part) return true;
  return [...actors.flatMap((a) => [a.full, a.label]), ...finding.addresses].some((name) =>
    name.toLowerCase().includes(part),
  );
}

/** In the order of the incidents, each with its findings in the order of time. */
export function filtered(all: Findings, filter: Filter): Shown[] {
  const isIn = all.findings.map((f) => matches(f, filter));
  return all.incidents
    .map((incident, i) => ({ incident: i, findings: incident.findings.filter((f) => isIn[f]) }))
    .filter((shown) => shown.findings.length > 0);
}

/** Tactics that occur, in the order of the alphabet. */
export function tactics(all: Findings): string[] {
  return [...new Set(all.findings.map((f) => f.tactic))].sort();
}
