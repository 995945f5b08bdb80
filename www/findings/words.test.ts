import { expect, it } from 'vitest';
import { finding, findings } from './sampleFindings.ts';
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

it('offers to suppress who, where and what, a few of each', () => {
  const offered = suppressionsFor(finding({ addresses: ['1', '2', '3', '4', '5'] })).map(
    (s) => s.suppression,
  );
  expect(offered.map((s) => s.kind)).toEqual([
    ...['account', 'account', 'host'],
    ...['address', 'address', 'address', 'address', 'rule'],
  ]);
  expect(offered[0]).toEqual({ kind: 'account', value: 'CORP\\alice' });
  expect(offered.at(-1)).toEqual({ kind: 'rule', value: 'password-spray' });
});
