import type { Finding, Findings, Incident } from '../engine/protocol.ts';
import { type Filter, filtered, NO_FILTER } from '../findings/filter.ts';
import { treeRows } from '../findings/tree.ts';
import { findingKey, isAtLeast } from '../findings/words.ts';
import type { Session } from './session.svelte.ts';
import type { Settings } from './settings.svelte.ts';

/** A changed setting is asked for when it has stood still for so long. */
const REST_MS = 150;

/** What the rules have found with the settings at hand, and which of it the list shows. */
export class FindingList {
  all = $state.raw<Findings | null>(null);
  filter = $state.raw<Filter>(NO_FILTER);
  /** Settings were changed and the answer to them is under way. */
  thinking = $state(false);
  /** Incidents that are open, by the key of their first finding: it outlives changed settings. */
  private opened = $state.raw<ReadonlySet<string>>(new Set());

  readonly shown = $derived(this.all ? filtered(this.all, this.filter) : []);
  readonly rows = $derived(treeRows(this.shown, (i) => this.isOpen(i)));
  readonly shownFindings = $derived(this.shown.reduce((n, s) => n + s.findings.length, 0));
  /** Worth looking at before anything else. */
  readonly hasMedium = $derived(this.all?.findings.some((f) => isAtLeast(f.severity, 'medium')) ?? false);

  /** Called with each new answer: what is selected may have changed or gone. */
  onLoaded: (all: Findings) => void = () => undefined;

  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly session: Session,
    private readonly settings: Settings,
  ) {}

  /** Evaluates the rules anew; of several calls only the last one's answer is taken. */
  async load(): Promise<void> {
    clearTimeout(this.timer);
    const mine = ++this.asked;
    try {
      const all = await this.session.engine.findings(this.settings.now);
      if (mine !== this.asked) return;
      this.all = all;
      this.onLoaded(all);
    } catch (error) {
      if (mine === this.asked) this.session.fail(error);
    }
    if (mine === this.asked) this.thinking = false;
  }

  loadSoon(): void {
    if (!this.all) return;
    this.thinking = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), REST_MS);
  }

  set(change: Partial<Filter>): void {
    this.filter = { ...this.filter, ...change };
  }

  isOpen(incident: number): boolean {
    return this.opened.has(this.keyOf(incident));
  }
  toggle(incident: number, open = !this.isOpen(incident)): void {
    const key = this.keyOf(incident);
    const rest = [...this.opened].filter((k) => k !== key);
    this.opened = new Set(open ? [...rest, key] : rest);
  }

  incident(index: number): Incident | undefined {
    return this.all?.incidents[index];
  }
  finding(index: number): Finding | undefined {
    return this.all?.findings[index];
  }
  findingsOf(incident: Incident): Finding[] {
    return incident.findings.flatMap((f) => this.finding(f) ?? []);
  }

  private keyOf(incident: number): string {
    const first = this.finding(this.incident(incident)?.findings[0] ?? -1);
    return first ? findingKey(first) : '';
  }
}
