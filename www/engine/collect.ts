/** Files out of a drop or a picker, folders walked, with the path they were found at. */

export interface Found {
  name: string;
  file: File;
}

/** Must be called while the drop event is handled: the browser empties the list afterwards. */
export function collectDrop(transfer: DataTransfer): Promise<Found[]> {
  const entries: FileSystemEntry[] = [];
  const files: Found[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) entries.push(entry);
    else if (file) files.push({ name: file.name, file });
  }
  return Promise.all(entries.map(walk)).then((found) => sorted([...files, ...found.flat()]));
}

export function collectPicked(list: FileList): Found[] {
  return sorted([...list].map((file) => ({ name: file.webkitRelativePath || file.name, file })));
}

async function walk(entry: FileSystemEntry): Promise<Found[]> {
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) =>
      (entry as FileSystemFileEntry).file(resolve, () => resolve(null)),
    );
    return file ? [{ name: entry.fullPath.replace(/^\//, ''), file }] : [];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Found[] = [];
  // At most 100 entries come at a time; none means the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (some.length === 0) return found;
    for (const inner of some) found.push(...(await walk(inner)));
  }
}

function sorted(found: Found[]): Found[] {
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
