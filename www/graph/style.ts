import type { StylesheetJson } from 'cytoscape';
import type { Colours } from './colours.ts';

/** Accounts are round and blue, privileged ones amber with a ring, hosts square and teal, controllers hexagons; the most suspicious glow red. */
export function style(c: Colours, isLarge: boolean, edges: number): StylesheetJson {
  // The more there are, the fainter each: nodes must stay in front.
  const opacity = Math.max(0.22, 0.8 - edges / 2000);
  return [
    {
      selector: 'node',
      style: {
        width: 'data(size)',
        height: 'data(size)',
        label: 'data(label)',
        color: c.text,
        'font-size': 'data(font)',
        'font-family': 'system-ui, sans-serif',
        'text-valign': 'bottom',
        'text-margin-y': 3,
        'text-outline-color': c.canvas,
        'text-outline-width': 2.5,
        'z-index-compare': 'manual',
        'z-index': 10,
        'overlay-opacity': 0,
      },
    },
    { selector: 'node.account', style: { shape: 'ellipse', 'background-color': c.account } },
    { selector: 'node.host', style: { shape: 'round-rectangle', 'background-color': c.host } },
    { selector: 'node.dc', style: { shape: 'hexagon' } },
    {
      selector: 'node.address, node.unknown',
      style: { 'background-opacity': 0.55, 'border-width': 1.5, 'border-color': c.host },
    },
    { selector: 'node.account.unknown', style: { 'border-color': c.account } },
    {
      selector: 'node.privileged',
      style: {
        'background-color': c.privileged,
        'background-opacity': 1,
        'border-width': 3,
        'border-color': c.privilegedEdge,
        'font-weight': 'bold',
      },
    },
    {
      selector: 'node.suspect',
      style: { 'underlay-color': c.failure, 'underlay-opacity': 0.35, 'underlay-padding': 7, 'z-index': 12 },
    },
    { selector: 'node.account.suspect', style: { 'underlay-shape': 'ellipse' } },
    {
      selector: 'edge',
      style: {
        width: 'data(width)',
        'line-color': c.edge,
        'line-opacity': opacity,
        'curve-style': isLarge ? 'haystack' : 'bezier',
        'haystack-radius': 0,
        'target-arrow-shape': isLarge ? 'none' : 'triangle',
        'target-arrow-color': c.edge,
        'arrow-scale': 0.7,
        label: isLarge ? '' : 'data(label)',
        'font-size': 10,
        color: c.text,
        'text-outline-color': c.canvas,
        'text-outline-width': 2,
        'min-zoomed-font-size': 13,
        'text-rotation': 'autorotate',
        'z-index-compare': 'manual',
        'z-index': 1,
        'overlay-opacity': 0,
      },
    },
    {
      selector: 'edge.partly, edge.failed',
      style: { 'line-color': c.failure, 'target-arrow-color': c.failure, 'z-index': 2 },
    },
    { selector: 'edge.failed', style: { 'line-style': 'dashed' } },
    { selector: 'node.unnamed', style: { label: '' } },
    { selector: '.faded', style: { opacity: 0.16 } },
    { selector: 'node.faded', style: { 'text-opacity': 0, 'underlay-opacity': 0 } },
    { selector: 'node.near', style: { label: 'data(label)', 'z-index': 20 } },
    { selector: 'edge.near', style: { 'line-opacity': 1, 'min-zoomed-font-size': 6, 'z-index': 5 } },
    {
      selector: 'node.chosen',
      style: {
        'outline-color': c.accent,
        'outline-width': 4,
        'outline-offset': 3,
        'z-index': 30,
      },
    },
    {
      selector: 'edge.chosen',
      style: { 'line-color': c.accent, 'target-arrow-color': c.accent, 'line-opacity': 1, 'z-index': 30 },
    },
  ];
}
