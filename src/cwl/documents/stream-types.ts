// `stdin`, `stdout` and `stderr` as types: short forms of a tool for a file that is one of its streams.
// Source: CWL v1.2, CommandLineTool, sections "stdin", "stdout" and "stderr".
import type { CwlVersion } from '../fields.ts';
import type { TypeSide } from './grammar/shape.ts';

/** What is wrong with the name of a stream where it stands; `undefined` when nothing is, or it names no stream.
 *  @param isAlone whether it is the whole type, and not part of another one */
export function streamFault(
  name: string,
  side: TypeSide,
  version: CwlVersion,
  isAlone: boolean,
): string | undefined {
  const stream = /^(stdin|stdout|stderr)(?:\[\])*\??$/.exec(name)?.[1];
  if (stream === undefined) return undefined;
  const isInput = stream === 'stdin';
  if (side !== (isInput ? 'tool input' : 'tool output')) {
    return `\`${stream}\` is a type of ${isInput ? 'inputs' : 'outputs'} of a \`CommandLineTool\` only`;
  }
  if (!isAlone || name !== stream) return `\`${stream}\` is a whole type, and no part of another one`;
  if (isInput && version === 'v1.0') return '`stdin` as a type came with CWL v1.1; this document says v1.0';
  return undefined;
}
