import type { FileReport } from '../engine/protocol.ts';
import type { FileEntry } from '../engine/reading.ts';
import { counted, percent } from '../text/format.ts';

export type Tone = 'plain' | 'good' | 'warn' | 'bad';

/** The one line said about a file, and how it is meant. */
export function say(entry: FileEntry, report: FileReport | undefined): { tone: Tone; text: string } {
  switch (entry.state) {
    case 'refused':
      return { tone: 'bad', text: entry.message ?? 'Refused.' };
    case 'waiting':
      return { tone: 'plain', text: 'Waiting' };
    case 'reading':
      return { tone: 'plain', text: `Reading, ${percent(entry.read, entry.file.size)}` };
    case 'stopped':
      return {
        tone: 'warn',
        text: `Stopped at ${percent(entry.read, entry.file.size)}; ${counted(entry.events, 'event')} kept.`,
      };
    case 'done': {
      const message = entry.message ?? report?.message;
      return message ? { tone: 'warn', text: message } : { tone: 'good', text: 'Read whole' };
    }
  }
}
