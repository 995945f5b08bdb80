import { Asking, LostError } from './asking.ts';
import type { Location, RawRecord } from './protocol.ts';
import renderAddress from './render.worker.ts?worker&url';
import { startWorker } from './startWorker.ts';

/** Records whole, read again from the file; the worker and its wasm come with the first one. */
export class Renderer {
  private asking: Asking | null = null;

  async render(file: File, at: Location): Promise<RawRecord> {
    this.asking ??= new Asking(startWorker(renderAddress, 'render'));
    try {
      return await this.asking.ask<RawRecord>('render', file, at.chunkOffset, at.recordOffset);
    } catch (error) {
      if (error instanceof LostError) {
        this.asking.worker.terminate();
        this.asking = null;
        throw new Error(`This record cannot be shown whole: it broke the renderer (${error.message}).`);
      }
      throw error;
    }
  }
}
