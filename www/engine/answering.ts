import type { Answer, Question } from './messages.ts';

/** The worker's side of question and answer: `methods` are called by name, one after the other. */
export function answering(
  methods: Record<string, (...values: never[]) => unknown>,
  ready: Promise<unknown>,
): void {
  self.addEventListener('message', async ({ data }: MessageEvent<Question | { kind: string }>) => {
    if (!('method' in data)) return;
    const { number, method, values } = data;
    const say = (answer: Answer) => self.postMessage(answer);
    try {
      await ready;
      const call = methods[method];
      if (!call) throw new Error(`no such question: ${method}`);
      say({ number, value: await call(...(values as never[])) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      say({ number, error: message, lost: error instanceof WebAssembly.RuntimeError });
    }
  });
}
