import { expect, it } from 'vitest';
import type { FileEntry } from '../engine/reading.ts';
import { say } from './words.ts';

const entry = (change: Partial<FileEntry>): FileEntry => ({
  id: 0,
  name: 'a',
  file: { size: 200 } as File,
  state: 'done',
  read: 200,
  records: 9,
  events: 3,
  message: null,
  ...change,
});

it('says how each file fared', () => {
  expect(say(entry({ state: 'waiting' }), undefined).text).toBe('Waiting');
  expect(say(entry({ state: 'reading', read: 50 }), undefined).text).toBe('Reading, 25 %');
  expect(say(entry({ state: 'stopped', read: 50 }), undefined)).toEqual({
    tone: 'warn',
    text: 'Stopped at 25 %; 3 events kept.',
  });
  expect(say(entry({ state: 'refused', message: 'no EVTX' }), undefined)).toEqual({
    tone: 'bad',
    text: 'no EVTX',
  });
  expect(say(entry({}), undefined)).toEqual({ tone: 'good', text: 'Read whole' });
});

it('gives the reader’s word before the engine’s', () => {
  expect(say(entry({ message: 'gone' }), undefined).text).toBe('gone');
});
