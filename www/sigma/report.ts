import type { SigmaReport, SigmaRule } from '../engine/sigmaReport.ts';

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
