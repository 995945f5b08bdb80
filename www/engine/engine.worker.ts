/**
 * The engine worker. Batches wait here until the page says `absorb`: between two of those the store stands
 * still, so every answer is about the same state and none has to analyse it anew.
 */
import init, { Engine } from '../pkg/engine/engine.js';
import { answering } from './answering.ts';

let waiting: Uint8Array[] = [];
let engine: Engine | null = null;
const ready = init({ module_or_path: new URL('../pkg/engine/engine_bg.wasm', import.meta.url) }).then(() => {
  engine = new Engine();
});

self.addEventListener('message', ({ data }: MessageEvent<{ kind?: string; port?: MessagePort }>) => {
  const port = data.kind === 'port' ? data.port : undefined;
  if (!port) return;
  port.onmessage = (event: MessageEvent<ArrayBuffer>) => {
    waiting.push(new Uint8Array(event.data));
    port.postMessage('taken');
  };
});

function own(): Engine {
  if (!engine) throw new Error('The engine has not started.');
  return engine;
}

function absorb(): void {
  const batches = waiting;
  waiting = [];
  for (const batch of batches) own().addBatch(batch);
}

type Arguments<M extends keyof Engine> = Engine[M] extends (...values: infer A) => unknown ? A : never;
const pass =
  <
    M extends
      | 'addFile'
      | 'refuseFile'
      | 'addDamage'
      | 'fileDone'
      | 'overview'
      | 'graph'
      | 'ranked'
      | 'chains'
      | 'reach'
      | 'sessions'
      | 'search'
      | 'query'
      | 'rows'
      | 'details'
      | 'findings'
      | 'layer'
      | 'rowsOf'
      | 'locate'
      | 'memory',
  >(
    method: M,
  ) =>
  (...values: Arguments<M>) =>
    (own()[method] as (...v: Arguments<M>) => unknown)(...values);

answering(
  {
    absorb,
    addFile: pass('addFile'),
    refuseFile: pass('refuseFile'),
    addDamage: pass('addDamage'),
    fileDone: pass('fileDone'),
    overview: pass('overview'),
    graph: pass('graph'),
    ranked: pass('ranked'),
    chains: pass('chains'),
    reach: pass('reach'),
    sessions: pass('sessions'),
    search: pass('search'),
    query: pass('query'),
    rows: pass('rows'),
    details: pass('details'),
    findings: pass('findings'),
    layer: pass('layer'),
    rowsOf: pass('rowsOf'),
    locate: pass('locate'),
    memory: pass('memory'),
  },
  ready,
);
