/**
 * What Sigma rules found, as the wasm module `sigma` says it (`src/sigma/report.rs`). Times are milliseconds since 1970-01-01 UTC.
 */
export interface SigmaReport {
  /** Those with hits first, then without, then not evaluable; by level (highest first) and title. */
  rules: SigmaRule[];
  errors: SigmaError[];
  /** Filters that were applied. */
  filters: number;
  /** Records of any channel that were looked at. */
  records: number;
}

/** A file that is no rule, or a rule that cannot be run. */
export interface SigmaError {
  file: string;
  reason: string;
}

export interface SigmaRule {
  id: string | null;
  title: string;
  level: 'informational' | 'low' | 'medium' | 'high' | 'critical' | null;
  tags: string[];
  /** ATT&CK: `T1110.003`, `credential-access`. */
  techniques: string[];
  tactics: string[];
  file: string;
  status: 'hits' | 'noHit' | 'notEvaluable';
  /** Why it is not evaluable: a sentence. */
  reason: string | null;
  /** The events it is about, in words. */
  needs: string;
  /** Events of those that were there. */
  read: number;
  /** Records matched, or times the correlation fired. */
  count: number;
  /** The earliest, at most 1,000. */
  hits: SigmaHit[];
  correlationHits: SigmaCorrelationHit[];
  /** Its own hits are no findings: a correlation asks for it. */
  onlyCorrelated: boolean;
}

export interface SigmaHit {
  time: number;
  file: string;
  recordId: number;
  /** Number of the 64 KiB chunk in the file, and the record's offset in it. */
  chunk: number;
  offset: number;
  computer: string;
  channel: string;
  eventId: number;
  /** The matched fields: name, value. */
  fields: [string, string][];
}

export interface SigmaCorrelationHit {
  first: number;
  last: number;
  group: [string, string][];
  /** The highest count, or sum. */
  value: number;
  /** File and record id, at most 100. */
  records: [string, number][];
  moreRecords: boolean;
}
