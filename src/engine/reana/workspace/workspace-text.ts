// Documents of a run, read from its workspace and from nowhere else.
import { readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { UsageError } from '../../../base/errors.ts';
import type { ReadText } from '../../../base/read-text.ts';
import { readablePath } from './workspace-path.ts';

/** Larger documents are not written by hand. */
const maxBytes = 16 * 1024 * 1024;

/** @returns a reader of paths relative to the workspace, and of absolute ones inside of it */
export function textIn(workspace: string): ReadText {
  return (path) => {
    const name = path.startsWith('/') ? relative(workspace, path) : path;
    try {
      const real = readablePath(workspace, name);
      if (real === undefined) return { ok: false, reason: 'missing', detail: 'is not in the workspace' };
      if (statSync(real).size > maxBytes)
        return { ok: false, reason: 'too-large', detail: 'is too large for a document' };
      return { ok: true, text: readFileSync(real, 'utf8') };
    } catch (thrown) {
      if (!(thrown instanceof UsageError)) throw thrown;
      return { ok: false, reason: 'missing', detail: 'is outside of the workspace' };
    }
  };
}
