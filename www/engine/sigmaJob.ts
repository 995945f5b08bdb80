/** Rules over files, in the Sigma worker. Free of workers, so that it is tested as it is. */
import type { Piece } from './pieces.ts';
import type { SigmaError, SigmaReport } from './sigmaReport.ts';

/** The wasm module's part; see `src/wasm/sigma`. */
export interface SigmaModule {
  rules(): number;
  errors(): unknown;
  file(name: string): void;
  push(bytes: Uint8Array, offset: number): void;
  finish(atEnd: boolean): void;
  records(): number;
  hits(): number;
  report(): unknown;
}

/** A file with the folders it was found in: `logs/dc1/Security.evtx`, `rules/windows/a.yml`. */
export interface NamedFile {
  name: string;
  file: Blob;
}

export interface SigmaProgress {
  /** Rules that can be run, and files that are none. */
  rules: number;
  errors: SigmaError[];
  /** Bytes read of all files. */
  read: number;
  total: number;
  records: number;
  hits: number;
}

/** The report, and the files that could not be read to their end. */
export interface SigmaOutcome {
  report: SigmaReport;
  unreadable: SigmaError[];
}

export interface Surroundings {
  pieces(file: Blob): AsyncIterable<Piece>;
  report(progress: SigmaProgress): void;
  now(): number;
}

const REPORT_MS = 100;

export async function sigmaJob(
  sigma: SigmaModule,
  files: NamedFile[],
  around: Surroundings,
): Promise<SigmaOutcome> {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const errors = sigma.errors() as SigmaError[];
  const unreadable: SigmaError[] = [];
  let reportedAt = Number.NEGATIVE_INFINITY;
  let before = 0;
  const note = (read: number, always: boolean) => {
    const now = around.now();
    if (!always && now - reportedAt < REPORT_MS) return;
    reportedAt = now;
    const [rules, records, hits] = [sigma.rules(), sigma.records(), sigma.hits()];
    around.report({ rules, errors, read, total, records, hits });
  };
  note(0, true);
  for (const { name, file } of files) {
    sigma.file(name);
    try {
      for await (const { bytes, offset } of around.pieces(file)) {
        sigma.push(bytes, offset);
        note(before + offset + bytes.byteLength, false);
      }
    } catch (error) {
      // A trap ends the module and all it knows; a disk that fails ends this file.
      if (error instanceof WebAssembly.RuntimeError) throw new Error(broke(name, error));
      unreadable.push({ file: name, reason: error instanceof Error ? error.message : String(error) });
    }
    sigma.finish(true);
    before += file.size;
    note(before, false);
  }
  note(total, true);
  return { report: sigma.report() as SigmaReport, unreadable };
}

function broke(name: string, error: Error): string {
  return `Running the rules over ${name} broke the matcher (${error.message}); please report it.`;
}
