import type { Answer, Question } from './messages.ts';

/** The engine or renderer is gone (its wasm instance trapped or its script did not load); it answers no more. */
export class LostError extends Error {}

/** The page's side of question and answer. */
export class Asking {
  private number = 0;
  private readonly open = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();

  constructor(readonly worker: Worker) {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.settle(data));
    worker.addEventListener('error', (event) => {
      const error = new LostError(
        event.message || 'A worker of this page could not be started: reload the page.',
      );
      for (const { reject } of this.open.values()) reject(error);
      this.open.clear();
    });
  }

  ask<T>(method: string, ...values: unknown[]): Promise<T> {
    this.number += 1;
    const question: Question = { number: this.number, method, values };
    return new Promise<T>((resolve, reject) => {
      this.open.set(question.number, { resolve, reject });
      this.worker.postMessage(question);
    });
  }

  private settle(answer: Answer): void {
    const asked = this.open.get(answer.number);
    this.open.delete(answer.number);
    if (!asked) return;
    if ('error' in answer) asked.reject(answer.lost ? new LostError(answer.error) : new Error(answer.error));
    else asked.resolve(answer.value as never);
  }
}
