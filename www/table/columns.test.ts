import { expect, it } from 'vitest';
import type { EventRow } from '../engine/protocol.ts';
import { COLUMNS, isFailure } from './columns.ts';

const row = (change: Partial<EventRow>): EventRow => ({
  row: 0,
  time: 0,
  eventId: 4624,
  event: 'Logon',
  computer: 'DC1',
  account: 'CORP\\a',
  accountNode: 'a0',
  subject: '',
  source: 'WS1',
  sourceNode: 'h1',
  target: 'DC1',
  targetNode: 'h0',
  logonType: 3,
  logonTypeName: 'Network',
  package: 'NTLM',
  status: '',
  statusText: '',
  file: 0,
  recordId: 1,
  ...change,
});

it('tells failures from successes that carry a status', () => {
  expect(isFailure(row({ eventId: 4625, status: '0xC000006A' }))).toBe(true);
  expect(isFailure(row({ eventId: 4768, status: '0x0' }))).toBe(false);
  expect(isFailure(row({ eventId: 4768, status: '0x6' }))).toBe(true);
  expect(isFailure(row({ eventId: 4776, status: '0x00000000' }))).toBe(false);
  expect(isFailure(row({}))).toBe(false);
});

it('leaves cells without a value empty', () => {
  const texts = COLUMNS.map((c) => c.text(row({ logonType: null, logonTypeName: '' })));
  expect(texts[0]).toBe('1970-01-01 00:00:00Z');
  expect(texts[5]).toBe('');
  expect(texts[7]).toBe('');
});
