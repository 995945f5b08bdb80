import type { Finding, NodeKind, Suppression } from '../engine/protocol.ts';

/** In a finding of very many hosts a menu of all of them helps nobody: the tuning sheet takes any name. */
const MOST = 4;

/** What could be suppressed to hide a finding, the narrowest first. */
export function suppressionsFor(finding: Finding): { suppression: Suppression; label: string }[] {
  const of = (kind: NodeKind, names: string[]) =>
    names.slice(0, MOST).map((value) => ({ suppression: { kind, value }, label: `This ${kind}: ${value}` }));
  return [
    ...of(
      'account',
      finding.accounts.map((n) => n.full),
    ),
    ...of(
      'host',
      finding.hosts.map((n) => n.full),
    ),
    ...finding.addresses.slice(0, MOST).map((value) => ({
      suppression: { kind: 'address' as const, value },
      label: `This address: ${value}`,
    })),
    {
      suppression: { kind: 'rule', value: finding.rule },
      label: `This rule everywhere: ${finding.title}`,
    },
  ];
}
