/** Settings of the page (theme, panel sizes) in the browser's own storage. Nothing of a log is ever put there. */

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
