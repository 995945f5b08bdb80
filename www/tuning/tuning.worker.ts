/** Measures settings on the labelled set, beside the engine that holds the user's logs. Started at the first measurement. */
import { answering } from '../engine/answering.ts';
import type { DetectionSettings } from '../engine/protocol.ts';
import init, { Tuning } from '../pkg/engine/engine.js';

let tuning: Tuning | null = null;

answering(
  {
    load: (bytes: Uint8Array) => {
      tuning = new Tuning(bytes);
    },
    measure: (settings: DetectionSettings) => tuning?.measure(settings),
  },
  init({ module_or_path: new URL('../pkg/engine/engine_bg.wasm', import.meta.url) }),
);
