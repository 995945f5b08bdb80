import { expect, it } from 'vitest';
import type { Finding } from '../engine/protocol.ts';
import { account, finding, findings } from './sampleFindings.ts';
import { suppressionsFor } from './suppressions.ts';
import { findingText, incidentText, isAtLeast, tacticName } from './words.ts';

it('orders severities', () => {
  expect(isAtLeast('critical', 'medium')).toBe(true);
  expect(isAtLeast('medium', 'medium')).toBe(true);
  expect(isAtLeast('low', 'medium')).toBe(false);
});

it('writes a finding down', () => {
  expect(tacticName('command-and-control')).toBe('Command and control');
  expect(findingText(finding({ addresses: [] })).split('\n')).toEqual([
    'Password spray (high, medium confidence)',
    'Technique: T1110.003 Password Spraying, credential access',
    'Time: 2026-03-02 09:00:00Z – 2026-03-02 10:00:00Z',
    'Accounts: CORP\\alice, CORP\\bob',
    'Hosts: kali.corp.example',
    'Records: 2',
    'Why: Twelve accounts failed from one place.',
    'Innocent cause: A kiosk.',
    'Check next: Whether one of them logged on afterwards.',
  ]);
});

it('writes an incident down with all of its findings', () => {
  const { incidents, findings: list } = findings();
  const text = incidents[0] ? incidentText(incidents[0], list.slice(0, 3)) : '';
  expect(text).toMatch(/^Incident: Password spray \(critical, 3 findings\)\n\nPassword spray \(high/);
  expect(text.match(/Technique:/g)).toHaveLength(3);
});

it('offers to suppress what would hide the finding: who acts, where from, and the rule', () => {
  const offered = (change: Partial<Finding>) =>
    suppressionsFor(finding(change)).map(({ suppression: s }) => `${s.kind} ${s.value}`);
  expect(offered({})).toEqual([
    'account CORP\\alice',
    'host kali.corp.example',
    'address 10.1.2.3',
    'rule password-spray',
  ]);
  // Nobody acts: neither of two victims hides it, nor one of two addresses.
  expect(offered({ actors: 0, hosts: [], addresses: ['10.1.2.3', '10.1.2.4'] })).toEqual([
    'rule password-spray',
  ]);
  expect(offered({ accounts: [account('bob')], actors: 0, hosts: [], addresses: [] })[0]).toBe(
    'account CORP\\bob',
  );
  const crowd = Array.from({ length: 9 }, (_, i) => account(`user${i}`));
  expect(offered({ accounts: crowd, actors: 9 }).filter((s) => s.startsWith('account'))).toHaveLength(4);
});
