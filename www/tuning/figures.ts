/** `97.3 %`: to a tenth, and never rounded up to all of them. */
export function share(part: number, of: number): string {
  if (of === 0) return '–';
  const tenths = part === of ? 1000 : Math.min(999, Math.round((part / of) * 1000));
  return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} %`;
}

/** `0.42`, for each 100,000 benign events. */
export function falsePer100k(falseFindings: number, benignEvents: number): string {
  return benignEvents > 0 ? ((falseFindings / benignEvents) * 100_000).toFixed(2) : '–';
}
