import { expect, it } from 'vitest';
import type { GraphEdge, GraphNode } from '../engine/protocol.ts';
import { elements } from './elements.ts';

const node = (change: Partial<GraphNode>): GraphNode => ({
  id: 'a1',
  kind: 'account',
  sub: 'user',
  label: 'alice',
  full: 'CORP\\alice',
  privileged: false,
  rank: 1,
  place: 1,
  suspicion: 0,
  suspicionPlace: 0,
  events: 3,
  failures: 0,
  x: 1,
  y: 2,
  community: 0,
  ...change,
});
const edge = (change: Partial<GraphEdge>): GraphEdge => ({
  id: 'a1-h1',
  source: 'a1',
  target: 'h1',
  count: 1,
  failures: 0,
  first: 0,
  last: 0,
  eventIds: [4624],
  logonTypes: [3],
  packages: [],
  ...change,
});
const view = (nodes: GraphNode[], edges: GraphEdge[]) => ({
  nodes,
  edges,
  mode: 'both' as const,
  shownNodes: nodes.length,
  totalNodes: nodes.length,
  shownEdges: edges.length,
  totalEdges: edges.length,
});

it('draws nodes larger by rank, and none on another', () => {
  const [large, small] = elements(view([node({}), node({ id: 'a2', rank: 0 })], []));
  expect(large?.position).toBeDefined();
  expect(large?.position).not.toEqual(small?.position);
  expect(large?.data.size).toBe(48);
  expect(small?.data.size).toBe(14);
});

it('marks privilege and failures by class', () => {
  const classes = elements(
    view(
      [node({ privileged: true })],
      [
        edge({}),
        edge({ count: 4, failures: 4 }),
        edge({ count: 4, failures: 1 }),
        edge({ count: 4776, failures: 7 }),
      ],
    ),
  ).map((e) => e.classes);
  expect(classes).toEqual(['account user privileged first', '', 'failed', 'partly', '']);
});

it('lets the most suspicious glow, and names them whatever their rank', () => {
  const [suspect, quiet] = elements(
    view([node({ place: 99, suspicion: 9, suspicionPlace: 2 }), node({ id: 'a2', place: 99 })], []),
  ).map((e) => e.classes);
  expect([suspect, quiet]).toEqual(['account user first suspect', 'account user']);
});

it('keeps a hostile name a name, cut to a length', () => {
  const [e] = elements(view([node({ label: `<img src=x onerror=alert(1)>${'x'.repeat(300)}` })], []));
  expect(e?.data.label).toBe('<img src=x onerror=aler…');
});

it('labels merged edges with their count, single ones not', () => {
  const labels = elements(view([], [edge({}), edge({ count: 12_345 })])).map((e) => e.data.label);
  expect(labels).toEqual(['', '12,345']);
});
