import { expect, it } from 'vitest';
import { FINDING_PX, INCIDENT_PX, inView, scrollFor, treePx, treeRows } from './tree.ts';

const shown = [
  { incident: 4, findings: [7, 8] },
  { incident: 2, findings: [1] },
];

it('lists incidents, and the findings of the open ones', () => {
  const rows = treeRows(shown, (i) => i === 4);
  expect(rows.map((r) => [r.incident, r.finding, r.place, r.siblings])).toEqual([
    [4, null, 1, 2],
    [4, 7, 1, 2],
    [4, 8, 2, 2],
    [2, null, 2, 2],
  ]);
  expect(rows.map((r) => r.top)).toEqual([
    0,
    INCIDENT_PX,
    INCIDENT_PX + FINDING_PX,
    INCIDENT_PX + 2 * FINDING_PX,
  ]);
  expect(treePx(rows)).toBe(2 * INCIDENT_PX + 2 * FINDING_PX);
  expect(treePx([])).toBe(0);
});

it('draws what is in view, of very many too', () => {
  const many = Array.from({ length: 5000 }, (_, i) => ({ incident: i, findings: [i] }));
  const rows = treeRows(many, () => false);
  expect(inView(rows, 0, 300)).toEqual({ from: 0, to: Math.ceil(300 / INCIDENT_PX) });
  expect(inView(rows, 1000 * INCIDENT_PX, INCIDENT_PX)).toEqual({ from: 1000, to: 1001 });
  expect(inView(rows, 1e9, 300)).toEqual({ from: 5000, to: 5000 });
  expect(inView([], 0, 300)).toEqual({ from: 0, to: 0 });
});

it('scrolls no further than it must', () => {
  const row = { ...treeRows(shown, () => false)[1], top: 200, px: 50 } as Parameters<typeof scrollFor>[0];
  expect([scrollFor(row, 300, 100), scrollFor(row, 180, 100), scrollFor(row, 0, 100)]).toEqual([
    200, 180, 150,
  ]);
});
