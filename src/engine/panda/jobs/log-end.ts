// The end of what a payload printed.
import { fileEnd } from '../../../base/file-end.ts';

const mostBytes = 256 * 1024;

/** Empty when there is no such file.
 *  @throws the system's error when it cannot be read */
export const readEnd = (path: string): string => fileEnd(path, mostBytes)?.text ?? '';
