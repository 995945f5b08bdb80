import type { Shown } from './filter.ts';

/** Incidents and, below the open ones, their findings: the rows of the list with their places in px. */
export interface TreeRow {
  incident: number;
  /** Index of the finding, or null where the row is the incident itself. */
  finding: number | null;
  /** Place among its siblings, from 1, and how many they are. */
  place: number;
  siblings: number;
  isOpen: boolean;
  /** Findings of the incident that are not filtered out. */
  findings: number;
  top: number;
  px: number;
}

export const INCIDENT_PX = 74;
export const FINDING_PX = 62;

export function treeRows(shown: Shown[], isOpen: (incident: number) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  let top = 0;
  const add = (row: Omit<TreeRow, 'top' | 'px'>, px: number) => {
    rows.push({ ...row, top, px });
    top += px;
  };
  shown.forEach(({ incident, findings }, i) => {
    const open = isOpen(incident);
    const place = { place: i + 1, siblings: shown.length };
    add({ incident, finding: null, ...place, isOpen: open, findings: findings.length }, INCIDENT_PX);
    if (!open) return;
    findings.forEach((finding, j) => {
      const inside = { place: j + 1, siblings: findings.length };
      add({ incident, finding, ...inside, isOpen: false, findings: 0 }, FINDING_PX);
    });
  });
  return rows;
}

export function treePx(rows: TreeRow[]): number {
  const last = rows.at(-1);
  return last ? last.top + last.px : 0;
}

/** Indexes of the rows that touch the view: `[from, to)`. */
export function inView(rows: TreeRow[], scrolled: number, viewPx: number): { from: number; to: number } {
  const from = firstBelow(rows, scrolled);
  let to = from;
  while (to < rows.length && (rows[to]?.top ?? 0) < scrolled + viewPx) to += 1;
  return { from, to };
}

/** The first row that ends below this place. */
function firstBelow(rows: TreeRow[], px: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row && row.top + row.px <= px) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The scroll position that shows a row, moving as little as can be. */
export function scrollFor(row: TreeRow, scrolled: number, viewPx: number): number {
  if (row.top < scrolled) return row.top;
  return Math.max(scrolled, row.top + row.px - viewPx);
}
