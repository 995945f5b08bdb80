/**
 * Where rows are in a scrolled box. Browsers clamp the height of an element (Chromium 33.5 M px, Firefox
 * 17.9 M px), so the spacer is capped: below the cap a pixel is a pixel, above it the scroll bar is
 * proportional, and wheel and keys move by exact rows (see `EventTable.svelte`).
 */

export const CAP_PX = 8_000_000;

export interface Geometry {
  total: number;
  rowPx: number;
  /** Height for rows: the box without its header. */
  viewPx: number;
}

export function spacerPx({ total, rowPx }: Geometry): number {
  return Math.min(total * rowPx, CAP_PX);
}

export function isCapped({ total, rowPx }: Geometry): boolean {
  return total * rowPx > CAP_PX;
}

/** The largest first row, so that the last row stands at the bottom. May be fractional. */
export function lastTop({ total, rowPx, viewPx }: Geometry): number {
  return Math.max(0, total - viewPx / rowPx);
}

/** The (fractional) row at the top of the box. */
export function topAt(scrollPx: number, g: Geometry): number {
  const range = spacerPx(g) - g.viewPx;
  if (range <= 0) return 0;
  return clamp((scrollPx / range) * lastTop(g), 0, lastTop(g));
}

/** The scroll position that shows `top` at the top. */
export function scrollAt(top: number, g: Geometry): number {
  const last = lastTop(g);
  return last > 0 ? (clamp(top, 0, last) / last) * (spacerPx(g) - g.viewPx) : 0;
}

/** The first row so that `row` is in view, moving as little as can be. */
export function topShowing(row: number, top: number, g: Geometry): number {
  const rows = g.viewPx / g.rowPx;
  if (row < top) return row;
  if (row + 1 > top + rows) return clamp(row + 1 - rows, 0, lastTop(g));
  return top;
}

/** Rows to draw: `[from, to)`, with one more at each end. */
export function drawn(top: number, g: Geometry): { from: number; to: number } {
  const from = Math.max(0, Math.floor(top));
  return { from, to: Math.min(g.total, from + Math.ceil(g.viewPx / g.rowPx) + 1) };
}

export function clamp(n: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, n));
}
