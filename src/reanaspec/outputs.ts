// Declared outputs that nothing will write, where that can be known.
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import type { DeclaredPath } from './model.ts';

/** Where the outputs of a workflow can be. */
export interface PossibleOutputs {
  /** Directories that steps work in, or files that they write, relative to the workspace. */
  readonly places: readonly string[];
  /** True when there are no others: what lies elsewhere is certainly not written. */
  readonly isComplete: boolean;
  /** Begins the message: `steps of this workflow work in`. */
  readonly words: string;
}

/** Reports outputs that no place of the workflow is near to: all of them where the places are known completely, otherwise
 *  those whose name is a slip away from one. `undefined`: nothing is known. */
export function checkOutputs(
  declared: { readonly files: readonly DeclaredPath[]; readonly directories: readonly DeclaredPath[] },
  possible: PossibleOutputs | undefined,
  findings: Findings,
): void {
  if (possible === undefined || possible.places.length === 0) return;
  for (const { path, span } of [...declared.files, ...declared.directories]) {
    const plain = path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
    // Of several steps of one name, each works in a directory with a number behind it.
    const unnumbered = plain.replace(/^([^/]+)_\d+(?=\/|$)/, '$1');
    const isNear = possible.places.some((place) => isBeside(plain, place) || isBeside(unnumbered, place));
    if (/[*?[]/.test(plain) || isNear) continue;
    const [head = ''] = plain.split('/');
    const near = closest(possible.isComplete ? plain : head, possible.places);
    if (near === undefined && !possible.isComplete) continue;
    if (!possible.isComplete && !plain.includes('/')) continue;
    findings.warning('reana/unproduced-output', span, `nothing in the workflow writes \`${path}\``, {
      help:
        near === undefined
          ? `${possible.words} ${listed(possible.places)}`
          : `did you mean \`${possible.isComplete ? near : plain.replace(head, near)}\`?`,
    });
  }
}

/** One lies in the other, or they are the same. */
function isBeside(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`) || place.startsWith(`${path}/`);
}

function listed(places: readonly string[]): string {
  const shown = places.slice(0, 4).map((place) => `\`${place}\``);
  return places.length > shown.length ? `${shown.join(', ')}…` : shown.join(', ');
}
