import type { Finding, Findings, Incident, NodeName } from '../engine/protocol.ts';

/** Findings for tests: two incidents, of three findings and of one. */

export const account = (label: string): NodeName => ({
  id: `a${label.length}`,
  kind: 'account',
  sub: 'user',
  label,
  full: `CORP\\${label}`,
  privileged: false,
});
export const host = (label: string): NodeName => ({
  ...account(label),
  id: `h${label.length}`,
  kind: 'host',
  sub: 'computer',
  full: `${label}.corp.example`,
});

export function finding(change: Partial<Finding> = {}): Finding {
  return {
    id: 'spray-1',
    rule: 'password-spray',
    title: 'Password spray',
    severity: 'high',
    confidence: 'medium',
    technique: 'T1110.003',
    techniqueName: 'Password Spraying',
    tactic: 'credential-access',
    accounts: [account('alice'), account('bob')],
    actors: 1,
    hosts: [host('kali')],
    sources: 0,
    addresses: ['10.1.2.3'],
    first: Date.UTC(2026, 2, 2, 9),
    last: Date.UTC(2026, 2, 2, 10),
    why: 'Twelve accounts failed from one place.',
    innocentCause: 'A kiosk.',
    check: 'Whether one of them logged on afterwards.',
    rows: [3, 4],
    total: 2,
    incident: 0,
    ...change,
  };
}

export function findings(): Findings {
  const list = [
    finding(),
    finding({
      id: 'cleared',
      severity: 'low',
      tactic: 'defense-evasion',
      accounts: [account('carol')],
      rows: [4, 9],
    }),
    finding({
      id: 'admin',
      severity: 'critical',
      tactic: 'persistence',
      hosts: [host('dc01')],
      addresses: [],
    }),
    finding({
      id: 'quiet',
      severity: 'medium',
      accounts: [account('dave')],
      hosts: [],
      incident: 1,
      total: 400,
    }),
  ];
  const incident = (change: Partial<Incident>): Incident => ({
    title: 'Password spray',
    severity: 'critical',
    suspicion: 30,
    accounts: [account('alice')],
    hosts: [host('kali')],
    addresses: [],
    first: list[0]?.first ?? 0,
    last: list[0]?.last ?? 0,
    findings: [0, 1, 2],
    ...change,
  });
  return {
    incidents: [incident({}), incident({ severity: 'medium', suspicion: 3, findings: [3] })],
    findings: list,
    rules: [],
    thresholds: [],
    suppressions: [],
  };
}
