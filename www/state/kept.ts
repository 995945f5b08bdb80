/**
 * Settings of the page (theme, panel sizes, thresholds) in the browser's own storage. Nothing of a log is put there, except names that
 * the user has suppressed and asked to keep (`tuning/settings.ts`).
 */

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`logonscope.${name}`);
  } catch {
    return null; // storage is switched off
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`logonscope.${name}`, value);
  } catch {
    // Without storage the setting lasts until the page is closed.
  }
}
