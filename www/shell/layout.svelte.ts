import { keep, kept } from '../state/kept.ts';
import { clamp } from '../table/geometry.ts';

export type Panel = 'left' | 'right' | 'bottom';

/** Least and largest size of a panel in px, and the step of an arrow key. */
export const BOUNDS: Record<Panel, [number, number]> = {
  left: [190, 480],
  right: [240, 640],
  bottom: [90, 640],
};
export const STEP_PX = 16;

/** Smaller screens keep more of themselves for the graph. */
const isSmall = innerWidth < 1200;
const FIRST: Record<Panel, number> = isSmall
  ? { left: 268, right: 272, bottom: 190 }
  : { left: 330, right: 336, bottom: 236 };

/** Sizes of the panels and which are open; kept from visit to visit. */
class Layout {
  size = $state<Record<Panel, number>>({ ...FIRST, ...read<number>('sizes', FIRST) });
  open = $state<Record<Panel, boolean>>({
    left: true,
    right: true,
    bottom: true,
    ...read<boolean>('open', { left: true, right: true, bottom: true }),
  });

  resize(panel: Panel, px: number): void {
    const [least, most] = BOUNDS[panel];
    this.size[panel] = Math.round(clamp(px, least, most));
    keep('sizes', JSON.stringify(this.size));
  }
  toggle(panel: Panel): void {
    this.open[panel] = !this.open[panel];
    keep('open', JSON.stringify(this.open));
  }
}

/** Takes what is kept only where it has the right form: anybody may have written there. */
function read<T>(name: string, like: Record<Panel, T>): Partial<Record<Panel, T>> {
  try {
    const found: unknown = JSON.parse(kept(name) ?? '{}');
    if (typeof found !== 'object' || found === null) return {};
    const right = Object.entries(found).filter(([k, v]) => k in like && typeof v === typeof like.left);
    return Object.fromEntries(right) as Partial<Record<Panel, T>>;
  } catch {
    return {};
  }
}

export const layout = new Layout();
