import { expect, it } from 'vitest';
import { type Filter, filtered, NO_FILTER, tactics } from './filter.ts';
import { findings } from './sampleFindings.ts';

const ids = (change: Partial<Filter>) => {
  const all = findings();
  return filtered(all, { ...NO_FILTER, ...change }).map((s) => s.findings.map((f) => all.findings[f]?.id));
};

it('passes everything, incident by incident', () => {
  expect(ids({})).toEqual([['spray-1', 'cleared', 'admin'], ['quiet']]);
});

it('takes a severity and what is worse', () => {
  expect(ids({ least: 'high' })).toEqual([['spray-1', 'admin']]);
  expect(ids({ least: 'critical' })).toEqual([['admin']]);
});

it('takes a tactic, part of a name or address, a node, and all of them at once', () => {
  expect(ids({ tactic: 'persistence' })).toEqual([['admin']]);
  expect(ids({ text: ' CAROL ' })).toEqual([['cleared']]);
  expect(ids({ text: 'dc01.corp' })).toEqual([['admin']]);
  expect(ids({ text: '10.1.2' })).toEqual([['spray-1', 'cleared'], ['quiet']]);
  expect(ids({ node: { kind: 'account', full: 'CORP\\dave' } })).toEqual([['quiet']]);
  expect(ids({ node: { kind: 'host', full: 'CORP\\dave' } })).toEqual([]);
  expect(ids({ least: 'medium', text: 'alice', tactic: 'credential-access' })).toEqual([['spray-1']]);
});

it('knows the tactics there are', () => {
  expect(tactics(findings())).toEqual(['credential-access', 'defense-evasion', 'persistence']);
});
