import type { Found } from '../engine/collect.ts';
import { EngineClient } from '../engine/engine.ts';
import { type Pace, Progress } from '../engine/progress.ts';
import type { GraphMode, GraphView, NodeKind, Overview, SetAsideReason } from '../engine/protocol.ts';
import { startReader } from '../engine/readerHandle.ts';
import { type FileEntry, Reading } from '../engine/reading.ts';

/** How many nodes and edges are drawn at most; the last is what a canvas bears. */
export const LIMITS = [
  { nodes: 150, edges: 500 },
  { nodes: 400, edges: 1500 },
  { nodes: 1000, edges: 4000 },
  { nodes: 3000, edges: 10_000 },
] as const;

const SHOW_MS = 120;
/** The first graph comes this soon; later ones so rarely that analysing takes a fifth of the time at most. */
const FIRST_MS = 350;
const NEXT_MS = 1200;
const REST_FACTOR = 4;

/** Of an attack on hundreds of accounts the graph shows some; the table has all. */
const MOST_FIRST = 60;

export interface Focus {
  node: string;
  label: string;
  kind: NodeKind;
  full: string;
}

export class Session {
  files = $state.raw<FileEntry[]>([]);
  /** Reading has begun at least once: the workbench is on. */
  begun = $state(false);
  reading = $state(false);
  stopping = $state(false);
  pace = $state.raw<Pace>({ bytesPerSecond: 0, eventsPerSecond: 0, secondsLeft: null });
  overview = $state.raw<Overview | null>(null);
  graph = $state.raw<GraphView | null>(null);
  /** Rises with every new state of the engine; what was asked before is out of date. */
  version = $state(0);
  include = $state.raw<SetAsideReason[]>([]);
  mode = $state<GraphMode>('both');
  level = $state(1);
  focus = $state.raw<Focus | null>(null);
  /** Drawn whatever their rank. */
  first: string[] = [];
  /** Something the user must know; stays until closed. */
  notice = $state<string | null>(null);
  /** An answer is under way: to a changed option, or the last one after reading. */
  thinking = $state(false);

  private client: EngineClient | null = null;
  private coordinator: Reading | null = null;
  private progress = new Progress();
  private showTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshing: Promise<void> | null = null;
  private again = false;
  private lastRefreshMs = 0;
  /** Called after every refresh, before the new state is shown. */
  onRefreshed: () => Promise<void> = async () => undefined;
  /** Called when everything given is read and shown: rules that look for what is missing are asked only then. */
  onSettled: () => Promise<void> = async () => undefined;

  get engine(): EngineClient {
    this.client ??= new EngineClient();
    return this.client;
  }

  get bytesTotal(): number {
    return this.files.reduce((sum, f) => sum + (f.state === 'refused' ? 0 : f.file.size), 0);
  }
  get bytesRead(): number {
    return this.files.reduce((sum, f) => sum + f.read, 0);
  }

  add(found: Found[]): void {
    if (found.length === 0) {
      this.notice = 'There was no file in what you dropped.';
      return;
    }
    if (!this.coordinator?.isReading) this.progress = new Progress();
    this.begun = true;
    this.reading = true;
    this.notice = null;
    const twice = this.coordinate().add(found);
    if (twice.length > 0)
      this.notice = `Already loaded and left out: ${twice.slice(0, 3).join(', ')}${twice.length > 3 ? ' …' : ''}`;
    this.schedule(FIRST_MS);
  }

  stop(): void {
    this.coordinator?.stop();
    this.show();
  }

  private coordinate(): Reading {
    const { engine } = this;
    this.coordinator ??= new Reading({
      registry: engine,
      startReader: () => startReader(engine.connect()),
      workers: workers(),
      changed: () => {
        this.showTimer ??= setTimeout(() => this.show(), SHOW_MS);
      },
      idle: () => {
        clearTimeout(this.refreshTimer);
        this.thinking = true;
        this.show();
        void this.settle();
      },
    });
    return this.coordinator;
  }

  private show(): void {
    clearTimeout(this.showTimer);
    this.showTimer = undefined;
    const { coordinator } = this;
    if (!coordinator) return;
    // Copies: what is shown does not change under the reader's hand.
    this.files = coordinator.files.map((f) => ({ ...f }));
    this.reading = coordinator.isReading;
    this.stopping = coordinator.isStopping;
    const events = this.files.reduce((sum, f) => sum + f.events, 0);
    this.progress.add({ at: performance.now(), bytes: this.bytesRead, events });
    this.pace = this.progress.pace(this.bytesTotal);
  }

  /** The last answer, with everything that was read. */
  private async settle(): Promise<void> {
    // One that is under way may have begun before the last batch came.
    await this.refreshing;
    await this.refresh();
    await this.onSettled();
    this.thinking = false;
  }

  private schedule(ms: number): void {
    clearTimeout(this.refreshTimer);
    this.refreshTimer = setTimeout(() => {
      const hasNews =
        (this.coordinator?.files.reduce((n, f) => n + f.events, 0) ?? 0) > (this.overview?.events ?? 0);
      if (hasNews) void this.refresh();
      else if (this.coordinator?.isReading) this.schedule(FIRST_MS);
    }, ms);
  }

  /** Takes in what was read and asks for everything anew; calls that come meanwhile become one more round. */
  refresh(): Promise<void> {
    if (this.refreshing) {
      this.again = true;
      return this.refreshing;
    }
    this.refreshing = this.ask().finally(() => {
      this.refreshing = null;
      if (this.again) {
        this.again = false;
        void this.refresh();
      } else if (this.coordinator?.isReading) {
        this.schedule(Math.max(NEXT_MS, this.lastRefreshMs * REST_FACTOR));
      }
    });
    return this.refreshing;
  }

  private async ask(): Promise<void> {
    const start = performance.now();
    try {
      await this.engine.absorb();
      const overview = await this.engine.overview(this.include);
      await this.onRefreshed();
      const graph = await this.askGraph();
      this.overview = overview;
      this.graph = graph;
      this.version += 1;
    } catch (error) {
      this.fail(error);
    }
    this.lastRefreshMs = performance.now() - start;
  }

  private askGraph(): Promise<GraphView> {
    const limit = LIMITS[this.level] ?? LIMITS[0];
    return this.engine.graph({
      mode: this.mode,
      include: this.include,
      maxNodes: limit.nodes,
      maxEdges: limit.edges,
      first: this.first,
      ...(this.focus ? { focus: { node: this.focus.node, hops: 1 } } : {}),
    });
  }

  private async redraw(): Promise<void> {
    this.thinking = true;
    try {
      this.graph = await this.askGraph();
    } catch (error) {
      this.fail(error);
    }
    this.thinking = false;
  }

  setMode(mode: GraphMode): void {
    this.mode = mode;
    void this.redraw();
  }
  setLevel(level: number): void {
    this.level = Math.min(LIMITS.length - 1, Math.max(0, level));
    void this.redraw();
  }
  setFocus(focus: Focus | null): Promise<void> {
    this.focus = focus;
    return this.redraw();
  }
  /** Sees to it that these are drawn; the graph is asked for anew only where one of them is not. */
  async drawFirst(nodes: string[]): Promise<void> {
    this.first = nodes.slice(0, MOST_FIRST);
    const drawn = new Set(this.graph?.nodes.map((n) => n.id));
    if (this.first.some((id) => !drawn.has(id))) await this.redraw();
  }
  async setIncluded(reason: SetAsideReason, on: boolean): Promise<void> {
    this.include = on ? [...this.include, reason] : this.include.filter((r) => r !== reason);
    this.thinking = true;
    await this.refresh();
    this.thinking = false;
  }

  fileOf(id: number): File | undefined {
    return this.coordinator?.files[id]?.file;
  }

  fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.notice = `The analysis failed: ${message} Reload the page and drop fewer files; if it happens again, please report it.`;
  }
}

/** One reader per core but one, which draws; more than eight would wait for the disk. `?workers=` is for tests. */
function workers(): number {
  const asked = Number(new URLSearchParams(location.search).get('workers'));
  if (asked >= 1) return Math.min(32, Math.floor(asked));
  return Math.min(8, Math.max(2, (navigator.hardwareConcurrency || 4) - 1));
}
