/** How figures are written: one way for the whole page. Times are milliseconds since 1970, shown in UTC. */

const whole = new Intl.NumberFormat('en-US');

/** `12,345` */
export function count(n: number): string {
  return whole.format(n);
}

/** `1 event`, `2 events` */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** `950 B`, `68 KB`, `22.6 MB`: powers of ten, as file managers show them. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = n / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 99.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `2026-03-02 14:07:31Z` */
export function time(ms: number): string {
  const text = new Date(ms).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}Z`;
}

/** `2026-03-02` */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** `2026-03-01 09:12Z → 17:40Z`, with the second date where it is another day. */
export function span(first: number, last: number): string {
  const [a, b] = [time(first), time(last)];
  const short = (t: string) => `${t.slice(11, 16)}Z`;
  if (a.slice(0, 10) === b.slice(0, 10)) return `${a.slice(0, 10)} ${short(a)} → ${short(b)}`;
  return `${a.slice(0, 10)} ${short(a)} → ${b.slice(0, 10)} ${short(b)}`;
}

/** As `span`, and of several days only these: `2026-03-01 → 2026-03-04`. */
export function shortSpan(first: number, last: number): string {
  return day(first) === day(last) ? span(first, last) : `${day(first)} → ${day(last)}`;
}

/** `4 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.ceil(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600)
    return s % 60 && s < 600 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${Math.round(s / 60)} min`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** `0x0001a000`, for places in a file. */
export function offset(n: number): string {
  return `0x${n.toString(16).padStart(8, '0')}`;
}

/** `37 %` */
export function percent(part: number, of: number): string {
  return of > 0 ? `${Math.floor((part / of) * 100)} %` : '0 %';
}
