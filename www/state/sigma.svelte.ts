import type { Found as FoundFile } from '../engine/collect.ts';
import type { SigmaOutcome, SigmaProgress } from '../engine/sigmaJob.ts';
import type { SigmaHit, SigmaReport, SigmaRule } from '../engine/sigmaReport.ts';
import { isRuleFile, recordKey, recordsOf } from '../sigma/report.ts';
import type { Session } from './session.svelte.ts';

const BEGIN: SigmaProgress = { rules: 0, errors: [], read: 0, total: 0, records: 0, hits: 0 };

/** Runs rules over logs; the real one is `engine/sigma.ts`, another stands in its place in tests. */
export type RunSigma = (
  logs: FoundFile[],
  rules: FoundFile[],
  onProgress: (progress: SigmaProgress) => void,
  signal: AbortSignal,
) => Promise<SigmaOutcome>;

/** The last run of Sigma rules over the logs that are loaded. */
export class Sigma {
  running = $state(false);
  progress = $state.raw<SigmaProgress>(BEGIN);
  report = $state.raw<SigmaReport | null>(null);
  /** Logs that could not be read to their end. */
  unreadable = $state.raw<SigmaOutcome['unreadable']>([]);
  failed = $state<string | null>(null);
  /** Logs that the report is about. */
  private logs = $state(0);
  private stopping: AbortController | null = null;

  readonly isOutdated = $derived.by(() => this.report !== null && this.logs !== this.session.files.length);

  constructor(
    private readonly session: Session,
    private readonly runner: () => Promise<RunSigma>,
  ) {}

  async run(files: FoundFile[]): Promise<void> {
    const rules = files.filter((f) => isRuleFile(f.name));
    this.failed = rules.length === 0 ? 'None of these files is a rule: .yml, .yaml or a .zip of them.' : null;
    if (rules.length === 0 || this.running) return;
    const stopping = new AbortController();
    this.stopping = stopping;
    this.running = true;
    this.progress = BEGIN;
    const logs = this.session.files.filter((f) => f.state !== 'refused');
    try {
      const run = await this.runner();
      const show = (progress: SigmaProgress) => {
        this.progress = progress;
      };
      const outcome = await run(
        logs.map(({ name, file }) => ({ name, file })),
        rules,
        show,
        stopping.signal,
      );
      if (!stopping.signal.aborted) {
        this.report = outcome.report;
        this.unreadable = outcome.unreadable;
        this.logs = this.session.files.length;
      }
    } catch (error) {
      if (!stopping.signal.aborted) this.failed = error instanceof Error ? error.message : String(error);
    }
    this.running = false;
  }

  stop(): void {
    this.stopping?.abort();
  }

  /** The records of a rule as rows of the table, and the hits on records that are not kept: those are in none of our analyses. */
  async open(rule: SigmaRule): Promise<{ rows: number[]; others: SigmaHit[] }> {
    const ids = new Map(this.session.files.map((f) => [f.name, f.id]));
    // A log may have been taken away from the list by now; the engine knows none of it.
    const records = recordsOf(rule).filter((r) => ids.has(r.file));
    const numbers = await this.session.engine.rowsOf(
      records.map(({ file, recordId }) => ({ file: ids.get(file) ?? 0, recordId })),
    );
    const kept = new Set(records.filter((_, i) => (numbers[i] ?? -1) >= 0).map(recordKey));
    return {
      rows: numbers.filter((n) => n >= 0),
      others: rule.hits.filter((hit) => !kept.has(recordKey(hit))),
    };
  }
}
