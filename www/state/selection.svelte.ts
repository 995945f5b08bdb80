import type { EventRow, Findings, GraphEdge, NodeDetails, NodeKind, Ranked } from '../engine/protocol.ts';
import type { Evidence } from './events.svelte.ts';
import { actorsOf, evidenceOf, type Found, refound } from './found.ts';
import type { Session } from './session.svelte.ts';

/** A node that is selected: its number may change while files are read, kind and full name do not. */
export interface Chosen {
  id: string;
  kind: NodeKind;
  full: string;
}

/** What the user looks at: a node, an edge, a finding or an incident, and perhaps one event of it. */
export class Selection {
  node = $state.raw<Chosen | null>(null);
  edge = $state.raw<GraphEdge | null>(null);
  found = $state.raw<Found | null>(null);
  event = $state.raw<EventRow | null>(null);
  details = $state.raw<NodeDetails | null>(null);
  /** Rises when the graph should bring what is selected into view. */
  jumps = $state(0);

  /** Called when something else is chosen: what was listed for the thing before is not asked for any more. */
  onChosen: () => void = () => undefined;
  /** Called when a finding or an incident is chosen, or has changed: its records are to be listed. */
  onFound: (evidence: Evidence) => void = () => undefined;

  constructor(private readonly session: Session) {}

  /** The nodes that the event table is filtered by. */
  get nodes(): string[] {
    if (this.edge) return [this.edge.source, this.edge.target];
    return this.node ? [this.node.id] : [];
  }

  /** What the graph marks. */
  get marked(): string[] {
    if (this.edge) return [this.edge.id];
    if (this.found) return actorsOf(this.found).map((n) => n.id);
    return this.node ? [this.node.id] : [];
  }

  async choose(id: string, jump = false): Promise<void> {
    this.edge = null;
    this.found = null;
    this.event = null;
    this.onChosen();
    if (this.node?.id !== id) {
      const drawn = this.session.graph?.nodes.find((n) => n.id === id);
      this.details = null;
      this.node = { id, kind: id.startsWith('a') ? 'account' : 'host', full: drawn?.full ?? '' };
    }
    if (jump) this.jumps += 1;
    await this.load();
  }

  chooseEdge(edge: GraphEdge): void {
    this.onChosen();
    this.node = null;
    this.details = null;
    this.event = null;
    this.found = null;
    this.edge = edge;
  }

  /** Marks the actors of a finding or an incident, and lists its records. */
  async chooseFound(found: Found): Promise<void> {
    this.node = null;
    this.edge = null;
    this.details = null;
    this.event = null;
    this.found = found;
    this.onFound(evidenceOf(found));
    await this.session.drawFirst(this.marked);
    if (this.found === found) this.jumps += 1;
  }

  /** After the rules were evaluated anew: the same finding as it is now, or none. */
  refind(all: Findings): void {
    if (!this.found) return;
    const again = refound(this.found, all);
    this.found = again;
    if (again) {
      this.onFound(evidenceOf(again));
      void this.session.drawFirst(this.marked);
    } else this.onChosen();
  }

  clear(): void {
    if (this.event) {
      this.event = null;
      return;
    }
    if (this.found) this.onChosen();
    this.found = null;
    this.node = null;
    this.edge = null;
    this.details = null;
  }

  async load(): Promise<void> {
    const { node } = this;
    if (!node) return;
    try {
      const details = await this.session.engine.details(node.id, this.session.include);
      if (this.node?.id !== node.id) return;
      this.details = details;
      if (details) this.node = { ...node, full: details.node.full };
    } catch (error) {
      this.session.fail(error);
    }
  }

  /** New events may have given the node another number, or the options have taken it away. */
  async follow(): Promise<void> {
    const { session } = this;
    session.first = [];
    const again = async (kind: NodeKind, full: string): Promise<string | null> => {
      const name = full.split('\\').at(-1) ?? full;
      const hits = await session.engine.search(name, session.include, 200);
      return hits.find((hit) => hit.kind === kind && fullName(hit) === full)?.id ?? null;
    };
    if (this.node) {
      const id = await again(this.node.kind, this.node.full);
      this.node = id ? { ...this.node, id } : null;
      if (id) await this.load();
      else this.details = null;
    }
    if (session.focus) {
      const id = await again(session.focus.kind, session.focus.full);
      session.focus = id ? { ...session.focus, node: id } : null;
    }
    this.edge = null;
  }
}

export function fullName(row: Ranked): string {
  return row.domain ? `${row.domain}\\${row.name}` : row.name;
}
