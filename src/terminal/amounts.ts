// Amounts as people read them: sizes, durations, how long ago.

const sizeUnits = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** `999 B`, `1.5 kB`, `12.0 MB`: decimal units (1 kB = 1000 B), one digit behind the point. */
export function bytes(sizeBytes: number): string {
  if (!Number.isFinite(sizeBytes) || sizeBytes < 0) return 'unknown size';
  let value = sizeBytes;
  let unit: string = 'B';
  for (const next of sizeUnits) {
    // 999,960 bytes would round to `1000.0 kB`.
    if (Number(value.toFixed(unit === 'B' ? 0 : 1)) < 1000) break;
    value /= 1000;
    unit = next;
  }
  return unit === 'B' ? `${Math.round(value)} B` : `${value.toFixed(1)} ${unit}`;
}

/** How long something took: `0.4 s`, `3.2 s`, `12 min 04 s`, `3 h 05 min`, `2 d 03 h`. */
export function duration(ms: number): string {
  const known = Number.isFinite(ms) ? Math.max(0, ms) : 0;
  return known < 59_950 ? `${(known / 1000).toFixed(1)} s` : wholeSeconds(Math.round(known / 1000));
}

/** How long something runs so far, in whole seconds: `3 s`, `12 min 04 s`. */
export function elapsed(ms: number): string {
  return wholeSeconds(Number.isFinite(ms) ? Math.max(0, Math.floor(ms / 1000)) : 0);
}

function wholeSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${twoDigits(hours % 24)} h`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const agoUnits = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** How long ago something was, given how many milliseconds have passed: `just now`, `42 seconds ago`, `2 hours ago`. */
export function ago(passedMs: number): string {
  const seconds = Number.isFinite(passedMs) ? Math.floor(passedMs / 1000) : 0;
  if (seconds < 5) return 'just now';
  for (const [name, size] of agoUnits) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${count === 1 ? name : `${name}s`} ago`;
  }
  return 'just now';
}

/** The time of day in UTC, `20:15:02`. */
export function clockTime(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(11, 19);
}
