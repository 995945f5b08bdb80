import type { Finding, Incident, NodeName, Severity } from '../engine/protocol.ts';
import { counted, time } from '../text/format.ts';

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'informational'];

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}

/** Tells a finding from all others, with other settings too, where the numbers of findings are others. */
export function findingKey(f: Finding): string {
  return JSON.stringify([f.rule, f.first, names(f.accounts), names(f.hosts), f.addresses]);
}

/** `credential-access` → `Credential access` */
export function tacticName(tactic: string): string {
  const words = tactic.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `T1110.003 Password Spraying, Credential access` */
export function techniqueName(f: { technique: string; techniqueName: string; tactic: string }): string {
  return `${f.technique} ${f.techniqueName}, ${tacticName(f.tactic).toLowerCase()}`;
}

/** A finding for a report or a ticket. */
export function findingText(f: Finding): string {
  const lines = [
    `${f.title} (${f.severity}, ${f.confidence} confidence)`,
    `Technique: ${techniqueName(f)}`,
    `Time: ${time(f.first)} – ${time(f.last)}`,
    list('Accounts', names(f.accounts)),
    list('Hosts', names(f.hosts)),
    list('Addresses', f.addresses),
    `Records: ${f.total}`,
    `Why: ${f.why}`,
    `Innocent cause: ${f.innocentCause}`,
    `Check next: ${f.check}`,
  ];
  return lines.filter(Boolean).join('\n');
}

export function incidentText(incident: Incident, findings: Finding[]): string {
  const head = `Incident: ${incident.title} (${incident.severity}, ${counted(findings.length, 'finding')})`;
  return [head, ...findings.map(findingText)].join('\n\n');
}

const names = (nodes: NodeName[]) => nodes.map((n) => n.full);
const list = (title: string, of: string[]) => (of.length > 0 ? `${title}: ${of.join(', ')}` : '');
