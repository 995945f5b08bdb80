/** Keys of the whole page. They rest while one types, while a sheet is open, and with a modifier held. */
export function keyFor(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return null;
  const { target } = event;
  if (target instanceof HTMLInputElement && target.type === 'text') return null;
  if (target instanceof HTMLSelectElement || document.querySelector('dialog[open]')) return null;
  return event.key;
}
