// Inputs and outputs of a workflow.
import {
  entryOf,
  keyText,
  scalarText,
  spanOf,
  textOf,
  type ScalarNode,
  type TreeNode,
} from '../source/tree.ts';
import type { Where, WorkflowInput } from '../workflow/model.ts';
import {
  checkFields,
  isNull,
  namedThings,
  textNodes,
  wrongType,
  type CwlDocument,
  type Named,
} from './document.ts';
import { modelValue } from '../workflow/value.ts';

/** An output before its sources are looked up. */
export interface OutputDraft {
  readonly name: string;
  readonly sources: readonly ScalarNode[];
  readonly where: Where;
}

export function readInputs(document: CwlDocument, section: TreeNode | undefined): readonly WorkflowInput[] {
  return namedThings(document, section, 'input').map((thing) => {
    const { name, key, value } = thing;
    const where = (): ReturnType<Where> => spanOf(key);
    if (value.kind !== 'map') return { name, default: null, type: shortType(document, thing), where };
    checkFields(document, 'input', value, key);
    const type = entryOf(value, 'type')?.value;
    checkType(document, thing, type);
    const given = entryOf(value, 'default')?.value;
    return { name, default: given === undefined ? null : modelValue(given), type: typeText(type), where };
  });
}

export function readOutputs(document: CwlDocument, section: TreeNode | undefined): readonly OutputDraft[] {
  return namedThings(document, section, 'output').map(({ name, key, value }) => {
    const where = (): ReturnType<Where> => spanOf(key);
    if (value.kind !== 'map') {
      wrongType(document, value, 'an output of a workflow is a map with `type` and `outputSource`');
      return { name, sources: [], where };
    }
    checkFields(document, 'output', value, key);
    checkType(document, { name, key, value }, entryOf(value, 'type')?.value);
    const source = entryOf(value, 'outputSource')?.value;
    if (source !== undefined && isNull(source)) wrongType(document, source, '`outputSource` must be a text');
    if (source?.kind === 'sequence') {
      const message = 'the PanDA server fails on a list in `outputSource`';
      const help = 'declare one output for each source';
      document.findings.warning('panda/output-source-list', spanOf(source), message, { help });
    }
    return { name, sources: textNodes(document, source, '`outputSource`') ?? [], where };
  });
}

/** `name: string[]`: the type stands where the map would be. */
function shortType(document: CwlDocument, { key, value }: Named): string | undefined {
  checkType(document, { name: keyText(key as ScalarNode), key, value }, value);
  return typeText(value);
}

function checkType(document: CwlDocument, { name, key }: Named, type: TreeNode | undefined): void {
  if (type === undefined) {
    // In v1.0 a type may be left out.
    if (document.version !== 'v1.0') {
      document.findings.error('cwl/missing-field', spanOf(key), `\`${name}\` needs a \`type\``);
    }
    return;
  }
  if (type.kind === 'scalar' && typeof type.value !== 'string') {
    const isLiteral = !isNull(type);
    const help = isLiteral ? `a value goes under \`default:\`, beside \`type:\`` : undefined;
    wrongType(document, type, `the type of \`${name}\` must be a text, a list or a map`, help);
  }
}

function typeText(type: TreeNode | undefined): string | undefined {
  return textOf(type) ?? arrayType(type);
}

/** `{type: array, items: string}` is `string[]`. */
function arrayType(type: TreeNode | undefined): string | undefined {
  if (type?.kind !== 'map' || textOf(entryOf(type, 'type')?.value) !== 'array') return undefined;
  const items = entryOf(type, 'items')?.value;
  return items?.kind === 'scalar' ? `${scalarText(items)}[]` : undefined;
}
