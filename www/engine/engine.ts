import { Asking } from './asking.ts';
import engineAddress from './engine.worker.ts?worker&url';
import type {
  Chain,
  DetectionSettings,
  EventCount,
  EventQuery,
  EventRow,
  Findings,
  GraphOptions,
  GraphView,
  Location,
  NodeDetails,
  NodeKind,
  Overview,
  Ranked,
  RankedBy,
  Reached,
  ReachQuery,
  SessionList,
  SetAsideReason,
} from './protocol.ts';
import { startWorker } from './startWorker.ts';

/** The engine worker, as the page asks it. The shapes are those of `protocol.ts`. */
export class EngineClient {
  private readonly asking = new Asking(startWorker(engineAddress, 'engine'));

  /** A port through which one reader hands over its batches. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.asking.worker.postMessage({ kind: 'port', port: port2 }, [port2]);
    return port1;
  }

  addFile = (id: number, name: string, bytes: number) => this.asking.ask<void>('addFile', id, name, bytes);
  refuseFile = (id: number, name: string, bytes: number, message: string) =>
    this.asking.ask<void>('refuseFile', id, name, bytes, message);
  addDamage = (id: number, offset: number, reason: string) =>
    this.asking.ask<void>('addDamage', id, offset, reason);
  fileDone = (id: number, cancelled: boolean) => this.asking.ask<void>('fileDone', id, cancelled);

  /** Takes in the batches that wait; answers before and after differ, between two calls they don't. */
  absorb = () => this.asking.ask<void>('absorb');

  overview = (include: SetAsideReason[]) => this.asking.ask<Overview>('overview', include);
  graph = (options: GraphOptions) => this.asking.ask<GraphView>('graph', options);
  ranked = (kind: NodeKind, by: RankedBy, include: SetAsideReason[], offset: number, limit: number) =>
    this.asking.ask<{ total: number; rows: Ranked[] }>('ranked', kind, by, include, offset, limit);
  chains = (include: SetAsideReason[]) => this.asking.ask<Chain[]>('chains', include);
  reach = (query: ReachQuery) => this.asking.ask<Reached | null>('reach', query);
  sessions = (node: string, limit: number) => this.asking.ask<SessionList | null>('sessions', node, limit);
  search = (text: string, include: SetAsideReason[], limit: number) =>
    this.asking.ask<Ranked[]>('search', text, include, limit);
  query = (query: EventQuery) => this.asking.ask<EventCount>('query', query);
  rows = (offset: number, limit: number) => this.asking.ask<EventRow[]>('rows', offset, limit);
  details = (node: string, include: SetAsideReason[]) =>
    this.asking.ask<NodeDetails | null>('details', node, include);
  findings = (settings: DetectionSettings) => this.asking.ask<Findings>('findings', settings);
  /** What was found as a layer of MITRE's ATT&CK Navigator: a JSON text. */
  layer = (settings: DetectionSettings) => this.asking.ask<string>('layer', settings);
  /** The row of each of these records; -1 for those that are not kept. */
  rowsOf = (records: { file: number; recordId: number }[]) => this.asking.ask<number[]>('rowsOf', records);
  locate = (row: number) => this.asking.ask<Location>('locate', row);
}
