// The end of a log of a step, as it is shown.
import { fileEnd, type FileEnd } from '../../../base/file-end.ts';

/** The last part of a log, from the beginning of a line unless that is longer; empty when there is none. */
export function readLogTail(path: string, maxBytes: number): string {
  let end: FileEnd | undefined;
  try {
    end = fileEnd(path, maxBytes);
  } catch {
    return '';
  }
  if (end === undefined || end.bytesBefore === 0) return end?.text ?? '';
  const lines = end.text.slice(end.text.indexOf('\n') + 1);
  return `[… ${end.bytesBefore} bytes before …]\n${lines === '' ? end.text : lines}`;
}
