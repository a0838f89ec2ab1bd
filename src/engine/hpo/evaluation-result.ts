// What an evaluation says of its point: `{"status": 0, "loss": 0.123, "message": "…"}`.
import { isPlainObject } from '../../prun/phpo-files.ts';
import { parsePythonJson } from './steering-files.ts';

export type EvaluationResult =
  | { readonly ok: true; readonly loss: number }
  /** Why the point has no loss, in words. */
  | { readonly ok: false; readonly fault: string };

/** The loss that is reported for a point whose last try failed. Source: panda-server `hpo_msg_processor`. */
export const lossOfFailure = 1e5;

/** @param file its name, for messages */
export function readResult(text: string, file: string): EvaluationResult {
  const parsed = parsePythonJson(text);
  if ('fault' in parsed) return wrong(`\`${file}\` ${parsed.fault}`);
  const { value } = parsed;
  if (!isPlainObject(value)) return wrong(`\`${file}\` is not an object like \`{"status": 0, "loss": 0.1}\``);
  const { status, loss, message } = value;
  if (status !== undefined && status !== null && status !== 0) {
    const said = typeof message === 'string' && message !== '' ? `: ${message}` : '';
    return wrong(`the evaluation says status ${JSON.stringify(status)} in \`${file}\`${said}`);
  }
  if (typeof loss === 'number' && Number.isFinite(loss)) return { ok: true, loss };
  return wrong(
    loss === undefined
      ? `\`${file}\` has no \`loss\``
      : `the \`loss\` in \`${file}\` is ${JSON.stringify(loss)}, not a number`,
  );
}

function wrong(fault: string): EvaluationResult {
  return { ok: false, fault };
}
