import type { Found } from '../engine/collect.ts';
import { session, sigma } from '../state/app.svelte.ts';
import { isRuleFile } from './report.ts';

/** What was dropped, where it belongs: among logs a rule file is said to be no log; without one it is a rule. */
export function take(found: Found[]): void {
  const isRules = session.begun && found.some((f) => isRuleFile(f.name)) && !found.some((f) => isLog(f.name));
  if (isRules) void sigma.run(found);
  else session.add(found);
}

function isLog(name: string): boolean {
  return /\.evtx$/i.test(name);
}
