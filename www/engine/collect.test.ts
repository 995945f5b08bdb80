import { expect, it } from 'vitest';
import { collectDrop } from './collect.ts';

type Fake = { isFile: boolean; isDirectory: boolean; fullPath: string; [more: string]: unknown };

const file = (path: string): Fake => ({
  isFile: true,
  isDirectory: false,
  fullPath: path,
  file: (done: (f: File) => void) => done(new File([], path)),
});

/** As browsers do: entries come in portions, and an empty one ends the list. */
function folder(path: string, inside: Fake[]): Fake {
  const readEntries = () => {
    const left = [...inside];
    return { readEntries: (done: (entries: Fake[]) => void) => done(left.splice(0, 2)) };
  };
  return { isFile: false, isDirectory: true, fullPath: path, createReader: readEntries };
}

function transfer(entries: Fake[]): DataTransfer {
  const items = entries.map((entry) => ({
    kind: 'file',
    webkitGetAsEntry: () => entry,
    getAsFile: () => new File([], entry.fullPath.slice(1)),
  }));
  return { items } as unknown as DataTransfer;
}

it('walks folders to the bottom, and sorts by path', async () => {
  const tree = folder('/logs', [
    file('/logs/b.evtx'),
    file('/logs/a.evtx'),
    folder('/logs/dc1', [file('/logs/dc1/Security.evtx')]),
    folder('/logs/empty', []),
  ]);
  const found = await collectDrop(transfer([file('/z.evtx'), tree]));
  expect(found.map((f) => f.name)).toEqual([
    'logs/a.evtx',
    'logs/b.evtx',
    'logs/dc1/Security.evtx',
    'z.evtx',
  ]);
});

it('leaves out what cannot be opened and takes the rest', async () => {
  const shut: Fake = { ...file('/logs/shut.evtx'), file: (_: unknown, failed: () => void) => failed() };
  const found = await collectDrop(transfer([folder('/logs', [shut, file('/logs/open.evtx')])]));
  expect(found.map((f) => f.name)).toEqual(['logs/open.evtx']);
});
