import type { ElementDefinition } from 'cytoscape';
import type { GraphEdge, GraphNode, GraphView } from '../engine/protocol.ts';
import { count } from '../text/format.ts';

/** From this many edges on, the canvas draws straight, cheap edges and simplifies while it is moved. */
export const LARGE_EDGES = 2500;

const LABEL_LENGTH = 24;

export function elements(view: GraphView): ElementDefinition[] {
  return [...view.nodes.map(node), ...view.edges.map(edge)];
}

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
      order: weight,
    },
    position: { x: n.x, y: n.y },
    classes: [n.kind, n.sub, n.privileged ? 'privileged' : ''].join(' '),
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
    classes: e.failures === 0 ? '' : e.failures === e.count ? 'failed' : 'partly',
  };
}
