import type { ElementDefinition } from 'cytoscape';
import type { GraphEdge, GraphNode, GraphView } from '../engine/protocol.ts';
import { count } from '../text/format.ts';
import { type Box, spread } from './spread.ts';

/** From this many edges on, the canvas draws straight, cheap edges and simplifies while it is moved. */
export const LARGE_EDGES = 2500;

const LABEL_LENGTH = 24;
/** So many accounts and so many hosts are always named, by rank and by suspicion. */
const FIRST_PLACES = 6;
/** From this share of failures on, an edge is red: a few mistyped passwords among thousands of logons are not news. */
const MANY_FAILED = 0.1;

export function elements(view: GraphView): ElementDefinition[] {
  const nodes = view.nodes.map(node);
  const places = spread(nodes.map(box));
  nodes.forEach((n, i) => {
    n.position = places[i];
  });
  return [...nodes, ...view.edges.map(edge)];
}

/** Among the most suspicious of its kind. */
const isSuspect = (n: GraphNode) => n.suspicionPlace > 0 && n.suspicionPlace <= FIRST_PLACES;

function node(n: GraphNode): ElementDefinition {
  const weight = Math.sqrt(Math.min(1, Math.max(0, n.rank)));
  return {
    group: 'nodes',
    data: {
      id: n.id,
      label: n.label.length > LABEL_LENGTH ? `${n.label.slice(0, LABEL_LENGTH - 1)}…` : n.label,
      size: 14 + 34 * weight,
      // Larger nodes keep their names longer when the graph is zoomed out.
      font: 10 + 9 * weight,
      least: 10 + 9 * weight,
    },
    position: { x: n.x, y: n.y },
    classes: [
      n.kind,
      n.sub,
      n.privileged ? 'privileged' : '',
      n.place <= FIRST_PLACES || isSuspect(n) ? 'first' : '',
      isSuspect(n) ? 'suspect' : '',
    ]
      .filter(Boolean)
      .join(' '),
  };
}

/** The sign with its name below. A letter is about 0.56 of the font size wide. */
function box({ data, position }: ElementDefinition): Box {
  const { size, font, label } = data;
  return {
    x: position?.x ?? 0,
    y: position?.y ?? 0,
    halfWidth: Math.max(size, label.length * font * 0.56) / 2 + 4,
    halfHeight: (size + font) / 2 + 6,
  };
}

function edge(e: GraphEdge): ElementDefinition {
  return {
    group: 'edges',
    data: {
      id: e.id,
      source: e.source,
      target: e.target,
      width: 1 + Math.min(5, Math.log10(Math.max(1, e.count)) * 1.4),
      label: e.count > 1 ? count(e.count) : '',
    },
    classes: e.failures === e.count ? 'failed' : e.failures >= e.count * MANY_FAILED ? 'partly' : '',
  };
}
