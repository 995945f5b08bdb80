import type { Finding, NodeKind, NodeName, Suppression } from '../engine/protocol.ts';

/** Of very many that act, a menu of all helps nobody: the tuning sheet takes any name. */
const MOST = 4;

/**
 * What could be suppressed to hide a finding, the narrowest first. An account or host hides it only where it acts, or where the finding
 * names no other: a spray on a hundred accounts must not go away because one of them is known to mistype.
 */
export function suppressionsFor(finding: Finding): { suppression: Suppression; label: string }[] {
  const of = (kind: NodeKind, nodes: NodeName[], acting: number) =>
    nodes
      .slice(0, acting || (nodes.length === 1 ? 1 : 0))
      .slice(0, MOST)
      .map(({ full }) => ({ suppression: { kind, value: full }, label: `This ${kind}: ${full}` }));
  // Of several addresses each is only a part: a range that holds them all is for the tuning sheet.
  const address = finding.addresses.length === 1 ? finding.addresses : [];
  return [
    ...of('account', finding.accounts, finding.actors),
    ...of('host', finding.hosts, finding.sources),
    ...address.map((value) => ({
      suppression: { kind: 'address' as const, value },
      label: `This address: ${value}`,
    })),
    {
      suppression: { kind: 'rule', value: finding.rule },
      label: `This rule everywhere: ${finding.title}`,
    },
  ];
}
