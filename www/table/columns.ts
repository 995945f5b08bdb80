import type { EventQuery, EventRow } from '../engine/protocol.ts';
import { time } from '../text/format.ts';

export interface Column {
  title: string;
  /** For the engine; columns without it cannot be sorted by. */
  sort?: EventQuery['sort'];
  text(row: EventRow): string;
  /** The node the cell stands for. */
  node?(row: EventRow): string | null;
}

export const COLUMNS: Column[] = [
  { title: 'Time (UTC)', sort: 'time', text: (r) => time(r.time) },
  { title: 'Event', sort: 'eventId', text: (r) => `${r.eventId} ${r.event}` },
  { title: 'Account', sort: 'account', text: (r) => r.account, node: (r) => r.accountNode },
  { title: 'From', sort: 'source', text: (r) => r.source, node: (r) => r.sourceNode },
  { title: 'To', sort: 'target', text: (r) => r.target, node: (r) => r.targetNode },
  { title: 'Logon type', text: (r) => (r.logonType === null ? '' : `${r.logonType} ${r.logonTypeName}`) },
  { title: 'Package', text: (r) => r.package },
  { title: 'Result', text: (r) => (r.status ? `${r.status} ${r.statusText}` : '') },
  { title: 'Logged by', sort: 'computer', text: (r) => r.computer },
];

/** Statuses of success are written down too: they are no failure. */
export function isFailure(row: EventRow): boolean {
  if (row.eventId === 4625 || row.eventId === 4771) return true;
  return [4768, 4769, 4776].includes(row.eventId) && row.status !== '' && !/^0x0+$/i.test(row.status);
}
