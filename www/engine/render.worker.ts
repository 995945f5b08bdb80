/** Reads one record again and renders it whole. Started when a record is first opened. */
import init, { render } from '../pkg/render/render.js';
import { answering } from './answering.ts';

answering(
  { render: (file: File, chunk: number, record: number) => render(file, chunk, record) },
  init({ module_or_path: new URL('../pkg/render/render_bg.wasm', import.meta.url) }),
);
