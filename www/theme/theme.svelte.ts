import { keep, kept } from '../state/kept.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export function parseTheme(text: string | null): Theme {
  return THEMES.find((theme) => theme === text) ?? 'auto';
}

class Appearance {
  theme = $state<Theme>(parseTheme(kept('theme')));
  /** Rises when colours change, whoever changed them: the canvas reads them anew. */
  changes = $state(0);

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.changes += 1;
    });
    this.apply();
  }

  set(theme: Theme): void {
    this.theme = theme;
    keep('theme', theme);
    this.apply();
    this.changes += 1;
  }

  next(): void {
    this.set(THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? 'auto');
  }

  private apply(): void {
    const { dataset } = document.documentElement;
    if (this.theme === 'auto') delete dataset.theme;
    else dataset.theme = this.theme;
  }
}

export const appearance = new Appearance();
