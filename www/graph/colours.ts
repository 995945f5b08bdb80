/** The palette as the canvas needs it: resolved, since a canvas knows no CSS variables. */

const names = {
  account: '--account',
  privileged: '--privileged',
  privilegedEdge: '--privileged-edge',
  host: '--host',
  edge: '--edge',
  failure: '--edge-failure',
  text: '--text',
  canvas: '--canvas',
  accent: '--accent',
} as const;

export type Colours = Record<keyof typeof names, string>;

/** Asks a hidden element, which also resolves `light-dark()`. */
export function readColours(within: HTMLElement): Colours {
  const probe = document.createElement('i');
  probe.hidden = true;
  within.append(probe);
  const read = (variable: string): string => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(Object.entries(names).map(([name, variable]) => [name, read(variable)]));
  probe.remove();
  return colours as Colours;
}
