import type { GraphMode, NodeKind, NodeSub } from '../engine/protocol.ts';

/** What a node is, for people. */
export function kindName(kind: NodeKind, sub: NodeSub): string {
  const names: Record<NodeSub, string> = {
    user: 'user account',
    machine: 'machine account',
    'built-in': 'built-in account',
    anonymous: 'anonymous logon',
    unknown: kind === 'account' ? 'name tried, never seen with a SID' : 'host',
    dc: 'domain controller',
    computer: 'computer',
    address: 'address',
  };
  return names[sub];
}

export const MODES: { mode: GraphMode; label: string; hint: string }[] = [
  {
    mode: 'both',
    label: 'From and to',
    hint: 'host → account → host: where an account came from and where it logged on',
  },
  { mode: 'source', label: 'From', hint: 'host → account: where an account came from' },
  { mode: 'target', label: 'To', hint: 'account → host: where an account logged on' },
  { mode: 'hosts', label: 'Host to host', hint: 'host → host: who reached whom, whatever the account' },
];
