import type { Severity } from '../engine/protocol.ts';

/** What came of Sigma rules, as the wasm module `sigma` says it. Times are milliseconds since 1970-01-01 UTC. */
export interface SigmaReport {
  /** Those with hits first, then without, then not evaluable; by level (highest first) and title. */
  rules: SigmaRule[];
  /** Files that are no rule, and rules that cannot be run. */
  errors: { file: string; reason: string }[];
  /** Filters that were applied. */
  filters: number;
  /** Records of any channel that were looked at. */
  records: number;
}

/** The report, and the logs that could not be read to their end. */
export interface SigmaOutcome {
  report: SigmaReport;
  unreadable: { file: string; reason: string }[];
}

export interface SigmaRule {
  id: string | null;
  title: string;
  level: Severity | null;
  tags: string[];
  /** `T1110.003` and `credential-access`, out of the tags. */
  techniques: string[];
  tactics: string[];
  file: string;
  status: 'hits' | 'noHit' | 'notEvaluable';
  /** Why it is not evaluable. */
  reason: string | null;
  /** The events it is about: `Security 4624, 4625`. */
  needs: string;
  /** Events of those that were there. */
  read: number;
  /** Records matched, or times a correlation fired. */
  count: number;
  /** The earliest of them. */
  hits: SigmaHit[];
  correlationHits: SigmaCorrelation[];
  /** A correlation asks for it; its own hits are no findings. */
  onlyCorrelated: boolean;
}

export interface SigmaHit {
  time: number;
  file: string;
  recordId: number;
  computer: string;
  channel: string;
  eventId: number;
  /** Name and value of what the rule looked at and matched. */
  fields: [string, string][];
}

export interface SigmaCorrelation {
  first: number;
  last: number;
  group: [string, string][];
  value: number;
  /** File and record id of its events. */
  records: [string, number][];
  moreRecords: boolean;
}

/** A record as a report names it. */
export interface RecordName {
  file: string;
  recordId: number;
}

/** The records of a rule, each once. */
export function recordsOf(rule: SigmaRule): RecordName[] {
  const correlated = rule.correlationHits.flatMap((c) =>
    c.records.map(([file, recordId]) => ({ file, recordId })),
  );
  const all = [...rule.hits.map(({ file, recordId }) => ({ file, recordId })), ...correlated];
  return [...new Map(all.map((r) => [recordKey(r), r])).values()];
}

export function recordKey({ file, recordId }: RecordName): string {
  return `${recordId} ${file}`;
}

/** What stands on top of the results. */
export function summary({ rules, errors }: SigmaReport) {
  const of = (status: SigmaRule['status']) => rules.filter((r) => r.status === status);
  return {
    // A rule that only feeds a correlation has found nothing by itself.
    hits: of('hits').filter((r) => !r.onlyCorrelated),
    silent: of('noHit').length,
    notEvaluable: of('notEvaluable'),
    errors,
  };
}

/** `.yml`, `.yaml` and the zip of a release: what a Sigma rule comes in. */
export function isRuleFile(name: string): boolean {
  return /\.(ya?ml|zip)$/i.test(name);
}
