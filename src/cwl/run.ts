// What a step runs: one of PanDA's own step types, or another workflow beside the document.
import { posix } from 'node:path';
import { closest } from '../base/closest.ts';
import { misspeltName } from '../base/misspelling.ts';
import { spanOf, textOf, type TreeNode } from '../source/tree.ts';
import { leafTypes, type LeafType } from '../workflow/model.ts';
import { isNull, wrongType, type CwlDocument } from './document.ts';

export type Run =
  | { readonly is: 'leaf'; readonly type: LeafType }
  | { readonly is: 'workflow'; readonly path: string }
  /** Reported already. */
  | { readonly is: 'unknown' };

const unknown: Run = { is: 'unknown' };

/** Reads `run`. The last part of a path decides, so `tools/prun` is `prun`; so are `prun.cwl` and `phpo.cwl`. A path of a
 *  workflow is relative to the document that names it. Source: panda-server `pcwl_utils.py`. */
export function readRun(document: CwlDocument, node: TreeNode | undefined): Run {
  // That the field is missing is reported with the other fields.
  if (node === undefined) return unknown;
  if (node.kind === 'map') {
    const message = 'a workflow written inside of `run` is not supported';
    const help = 'put it into a file of its own and name the file';
    document.findings.error('cwl/unsupported', spanOf(node), message, { help });
    return unknown;
  }
  const text = textOf(node);
  if (text === undefined || text === '') {
    wrongType(document, node, isNull(node) ? '`run` is empty' : '`run` must be a text');
    return unknown;
  }
  const type = leafOf(posix.basename(text));
  if (type !== undefined) return { is: 'leaf', type };
  if (text.includes('#') || /^[a-z][a-z0-9+.-]*:/i.test(text)) {
    const message = text.includes('#') ? 'a workflow inside of another document' : 'a workflow at a URL';
    document.findings.error('cwl/unsupported', spanOf(node), `${message} is not supported: \`${text}\``);
    return unknown;
  }
  if (posix.extname(text) === '.cwl') return { is: 'workflow', path: besideDocument(document.file, text) };
  const nearest = closest(text, leafTypes);
  const certain = misspeltName(text, leafTypes);
  document.findings.error(
    'cwl/unknown-run',
    spanOf(node),
    `\`run\` names no step type and no workflow: \`${text}\``,
    {
      help:
        nearest === undefined
          ? `step types are ${leafTypes.map((name) => `\`${name}\``).join(', ')}; a workflow is a \`.cwl\` file`
          : `did you mean \`${nearest}\`?`,
      fix: certain === undefined ? undefined : { span: spanOf(node), text: certain },
    },
  );
  return unknown;
}

function leafOf(name: string): LeafType | undefined {
  if (name === 'prun.cwl') return 'prun';
  if (name === 'phpo.cwl') return 'phpo';
  return leafTypes.find((type) => type === name);
}

function besideDocument(file: string, path: string): string {
  return posix.isAbsolute(path) ? path : posix.join(posix.dirname(file), path);
}
