/**
 * Room for what is drawn. The engine's layout knows points; here they get the size of a node and its name:
 * first everything is scaled, then boxes that still overlap are pushed apart. Deterministic.
 */

export interface Box {
  x: number;
  y: number;
  /** Half of what the node and its name take. */
  halfWidth: number;
  halfHeight: number;
}

/** Distance to the nearest neighbour that a quarter of the nodes may fall short of, in px at zoom 1. */
const NEAR_PX = 64;
/** Names and screens are wider than high. */
const WIDE = 1.5;
/** Pushing looks at all pairs: for more boxes it would be felt, and their names are hidden anyway. */
const MOST_PUSHED = 700;
const ROUNDS = 80;

/** New places in the order of `boxes`. */
export function spread(boxes: Box[]): { x: number; y: number }[] {
  const scale = scaleOf(boxes);
  const places = boxes.map((b) => ({ x: b.x * scale * WIDE, y: b.y * scale }));
  if (boxes.length <= MOST_PUSHED) {
    for (let round = 0; round < ROUNDS && push(places, boxes); round++);
  }
  return places;
}

function scaleOf(boxes: Box[]): number {
  if (boxes.length < 2) return 1;
  const nearest = boxes.map((a, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < boxes.length; j++) {
      const b = boxes[j];
      if (b && j !== i) least = Math.min(least, (a.x - b.x) ** 2 + (a.y - b.y) ** 2);
    }
    return Math.sqrt(least);
  });
  nearest.sort((a, b) => a - b);
  const quarter = nearest[Math.floor(nearest.length / 4)] ?? 0;
  return quarter > 0 ? NEAR_PX / quarter : 1;
}

/** One round: every overlapping pair moves apart along the shorter way. Whether any did. */
function push(places: { x: number; y: number }[], boxes: Box[]): boolean {
  let isMoved = false;
  for (let i = 0; i < boxes.length; i++) {
    for (let j = i + 1; j < boxes.length; j++) {
      const [p, q, a, b] = [places[i], places[j], boxes[i], boxes[j]];
      if (!p || !q || !a || !b) continue;
      const dx = q.x - p.x;
      const dy = q.y - p.y;
      const overX = a.halfWidth + b.halfWidth - Math.abs(dx);
      const overY = a.halfHeight + b.halfHeight - Math.abs(dy);
      if (overX <= 0.5 || overY <= 0.5) continue;
      isMoved = true;
      if (overX < overY) {
        const step = (overX / 2) * (dx < 0 ? -1 : 1);
        p.x -= step;
        q.x += step;
      } else {
        const step = (overY / 2) * (dy < 0 ? -1 : 1);
        p.y -= step;
        q.y += step;
      }
    }
  }
  return isMoved;
}
