/** Runs Sigma rules over files. Started when rules are given, gone when the report is there: so is the memory it took. */
import init, { RuleFiles, Sigma } from '../pkg/sigma/sigma.js';
import { pieces } from './pieces.ts';
import type { FromSigma, ToSigma } from './sigma.ts';
import { sigmaJob } from './sigmaJob.ts';

const ready = init({ module_or_path: new URL('../pkg/sigma/sigma_bg.wasm', import.meta.url) });
const say = (message: FromSigma) => self.postMessage(message);

self.onmessage = async ({ data }: MessageEvent<ToSigma>) => {
  try {
    await ready;
    const given = new RuleFiles();
    for (const { name, file } of data.rules) given.add(name, new Uint8Array(await file.arrayBuffer()));
    const outcome = await sigmaJob(new Sigma(given), data.files, {
      pieces: (file) => pieces(file, { start: 0, end: file.size, careful: false }),
      report: (progress) => say({ kind: 'progress', progress }),
      now: () => performance.now(),
    });
    say({ kind: 'done', outcome });
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
};
