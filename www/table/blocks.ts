/** Rows fetched in blocks and kept for a while: the longest unused block goes first. */

export const BLOCK_ROWS = 256;
const KEPT_BLOCKS = 40;

export class Blocks<Row> {
  /** In order of use, the latest last. */
  private kept = new Map<number, Row[]>();
  private readonly asked = new Set<number>();
  private generation = 0;

  constructor(
    private readonly fetchRows: (offset: number, limit: number) => Promise<Row[]>,
    /** A block has come: draw again. */
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
    private readonly most = KEPT_BLOCKS,
  ) {}

  /** The row if it is here; otherwise it is fetched and `changed` called. */
  row(index: number): Row | undefined {
    const block = Math.floor(index / BLOCK_ROWS);
    const rows = this.kept.get(block);
    if (rows) {
      this.kept.delete(block);
      this.kept.set(block, rows);
      return rows[index % BLOCK_ROWS];
    }
    if (!this.asked.has(block)) void this.load(block);
    return undefined;
  }

  /** What was fetched or asked for is out of date. */
  clear(): void {
    this.generation += 1;
    this.kept = new Map();
    this.asked.clear();
  }

  private async load(block: number): Promise<void> {
    const { generation } = this;
    this.asked.add(block);
    try {
      const rows = await this.fetchRows(block * BLOCK_ROWS, BLOCK_ROWS);
      if (generation !== this.generation) return;
      this.kept.set(block, rows);
      for (const oldest of this.kept.keys()) {
        if (this.kept.size <= this.most) break;
        this.kept.delete(oldest);
      }
      this.changed();
    } catch (error) {
      if (generation === this.generation) this.failed(error);
    } finally {
      if (generation === this.generation) this.asked.delete(block);
    }
  }
}
