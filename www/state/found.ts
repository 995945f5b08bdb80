import type { Finding, Findings, Incident, NodeName } from '../engine/protocol.ts';
import type { SigmaHit, SigmaRule } from '../engine/sigmaReport.ts';
import { findingKey } from '../findings/words.ts';
import type { Evidence } from './events.svelte.ts';

/** A finding, an incident or a Sigma rule with hits that is selected. */
export type Found =
  | { finding: Finding }
  | { incident: Incident; findings: Finding[] }
  /** Its records that are rows of the table, and its hits on records that are none. */
  | { sigma: SigmaRule; rows: number[]; others: SigmaHit[] };

export function actorsOf(found: Found): NodeName[] {
  if ('sigma' in found) return [];
  const { accounts, hosts } = 'finding' in found ? found.finding : found.incident;
  return [...accounts, ...hosts];
}

/** What tells one from another. */
export function idOf(found: Found): string {
  if ('sigma' in found) return `sigma ${found.sigma.file} ${found.sigma.title}`;
  if ('finding' in found) return findingKey(found.finding);
  return `incident ${found.findings.slice(0, 1).map(findingKey)}`;
}

/** Records of an incident are those of its findings, each once. */
export function evidenceOf(found: Found): Evidence {
  if ('sigma' in found) {
    const { sigma, rows } = found;
    return { label: `Sigma: ${sigma.title}`, rows, total: rows.length };
  }
  if ('finding' in found) {
    const { title, rows, total } = found.finding;
    return { label: title, rows, total };
  }
  const rows = [...new Set(found.findings.flatMap((f) => f.rows))];
  const isWhole = found.findings.every((f) => f.rows.length === f.total);
  const total = isWhole ? rows.length : found.findings.reduce((n, f) => n + f.total, 0);
  return { label: found.incident.title, rows, total };
}

/** The same in another answer: a finding by what it is about, an incident by the first of its findings that is still there. */
export function refound(found: Found, all: Findings): Found | null {
  if ('sigma' in found) return found;
  const before = 'finding' in found ? [found.finding] : found.findings;
  const byKey = new Map(all.findings.map((f) => [findingKey(f), f]));
  const same = before.flatMap((f) => byKey.get(findingKey(f)) ?? [])[0];
  if (!same) return null;
  if ('finding' in found) return { finding: same };
  const incident = all.incidents[same.incident];
  if (!incident) return null;
  return { incident, findings: incident.findings.flatMap((f) => all.findings[f] ?? []) };
}
