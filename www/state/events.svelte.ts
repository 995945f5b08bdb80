import type { EventQuery, EventRow } from '../engine/protocol.ts';
import { Blocks } from '../table/blocks.ts';
import type { Session } from './session.svelte.ts';

/** Rows that show something: what it is, and how many there are where not all are kept. */
export interface Evidence {
  label: string;
  rows: number[];
  total: number;
}

/** The events listed in the table: the query, how many there are, and the rows that are here. */
export class EventList {
  total = $state(0);
  sort = $state<EventQuery['sort']>('time');
  descending = $state(false);
  /** Only these event ids; empty for all. */
  eventIds = $state.raw<number[]>([]);
  /** Only the evidence of something. */
  evidence = $state.raw<Evidence | null>(null);
  /** Rises when rows have come: draw again. */
  drawn = $state(0);
  /** Rises when the result is another: back to the top. */
  results = $state(0);

  private readonly blocks: Blocks<EventRow>;
  private asked = 0;

  constructor(private readonly session: Session) {
    this.blocks = new Blocks(
      (offset, limit) => session.engine.rows(offset, limit),
      () => {
        this.drawn += 1;
      },
      (error) => session.fail(error),
    );
  }

  row(index: number): EventRow | undefined {
    return this.blocks.row(index);
  }

  sortBy(sort: EventQuery['sort']): void {
    this.descending = this.sort === sort && !this.descending;
    this.sort = sort;
  }

  toggleId(id: number): void {
    this.eventIds = this.eventIds.includes(id)
      ? this.eventIds.filter((i) => i !== id)
      : [...this.eventIds, id];
  }

  /** Lists only the evidence of something; the ids do not filter it. */
  show(evidence: Evidence | null): void {
    this.evidence = evidence;
    if (evidence) this.eventIds = [];
  }

  async query(nodes: string[], keepPlace: boolean): Promise<void> {
    this.asked += 1;
    const { asked, sort, descending, eventIds, evidence } = this;
    const rows = evidence?.rows ?? [];
    const nodesAsked = evidence ? [] : nodes;
    try {
      // Evidence without a record lists nothing; to the engine, no rows would mean all of them.
      const { total } =
        evidence && rows.length === 0
          ? { total: 0 }
          : await this.session.engine.query({ nodes: nodesAsked, eventIds, rows, sort, descending });
      if (asked !== this.asked) return;
      this.blocks.clear();
      this.total = total;
      this.drawn += 1;
      if (!keepPlace) this.results += 1;
    } catch (error) {
      this.session.fail(error);
    }
  }
}
