// Making outside text safe to show.

/** Removes control characters (terminal escapes included) that a server or a job might send; keeps line breaks and tabs. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what this removes
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** A value as JSON, indented; of what came from outside, too, no character of it does anything to a terminal. */
export function safeJson(value: unknown): string {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  // JSON itself leaves these as they are.
  return JSON.stringify(value, null, 2).replace(/[\u007f-\u009f]/g, escaped);
}

/** The last `count` lines of a text, without an empty last one. */
export function lastLines(text: string, count: number): string[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(-count);
}

/** `1 file`, `3 files`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
