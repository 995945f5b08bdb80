/** The path of a filled line through `values`, `width` × `height`, zero at the bottom. */
export function sparkline(values: number[], width: number, height: number): string {
  if (values.length === 0) return '';
  const most = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (v: number) => round(height - (v / most) * height);
  const points = values.map((v, i) => `L${round(i * step)} ${y(v)}`).join('');
  return `M0 ${height}${points}L${round((values.length - 1) * step)} ${height}Z`;
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}
