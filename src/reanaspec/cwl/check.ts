// What REANA makes of a CWL workflow: its hints, its images, and whether the parameters fit the inputs.
import { posix } from 'node:path';
import { closest } from '../../base/closest.ts';
import type { Findings } from '../../base/finding.ts';
import { entryOf, keyText, spanOf, textOf, valueOf } from '../../source/tree.ts';
import type { MapNode, ScalarNode, TreeNode } from '../../source/tree.ts';
import { warnDangerous } from '../dangerous.ts';
import { settingShapes } from '../fields.ts';
import { checkImage } from '../image.ts';
import type { GivenParameters } from '../parameter-file.ts';
import { checkSettings, type CredentialUse } from '../settings.ts';
import { checkFields, kindName, missingField } from '../shape.ts';
import type { ReanaSurroundings } from '../surroundings.ts';
import { classesOf, itemsOf, type CwlDocuments, type CwlProcess } from './documents.ts';

export interface CwlNeeds {
  readonly credentials: readonly CredentialUse[];
  readonly images: readonly string[];
}

/** Checks the hints, images and commands of all processes. */
export function checkCwlForReana({ processes }: CwlDocuments, findings: Findings): CwlNeeds {
  const credentials: CredentialUse[] = [];
  const images: string[] = [];
  const visit = (process: MapNode): void => {
    for (const { name, node } of [
      ...classesOf(valueOf(process, 'hints')),
      ...classesOf(valueOf(process, 'requirements')),
    ]) {
      if (name === 'reana' || name.endsWith(':reana')) {
        checkFields(node, { ...settingShapes, class: 'text' }, 'reana', findings);
        credentials.push(...checkSettings(node.entries, findings));
      }
      const image = name === 'DockerRequirement' ? valueOf(node, 'dockerPull') : undefined;
      const text = textOf(image);
      if (image?.kind === 'scalar' && image.value === null) {
        findings.error('reana/wrong-type', spanOf(image), '`dockerPull` must be a text, not empty');
      }
      if (image === undefined || text === undefined) continue;
      images.push(text);
      checkImage(text, spanOf(image), findings);
    }
    for (const field of ['hints', 'requirements']) reportHintWithoutFields(valueOf(process, field), findings);
    for (const field of ['baseCommand', 'arguments']) {
      for (const command of commandsIn(valueOf(process, field)))
        warnDangerous(command, 'a command', findings);
    }
    for (const { node } of itemsOf(valueOf(process, 'steps'))) {
      if (node.kind !== 'map') continue;
      visit(node);
      const run = valueOf(node, 'run');
      if (run?.kind === 'map') visit(run);
    }
  };
  for (const process of processes) {
    visit(process.node);
    reportMissingTypes(process, findings);
  }
  return { credentials, images };
}

/** The hint of REANA without anything in it: cwltool refuses it. */
function reportHintWithoutFields(hints: TreeNode | undefined, findings: Findings): void {
  for (const { key, value } of hints?.kind === 'map' ? hints.entries : []) {
    if (value.kind === 'map' || !/^(?:.*:)?reana$/.test(keyText(key))) continue;
    findings.error('reana/wrong-type', spanOf(value), `\`reana\` must be a mapping, not ${kindName(value)}`);
  }
}

/** CWL v1.0 asks for no types, but cwltool does, and with it REANA. */
function reportMissingTypes({ node: process, version }: CwlProcess, findings: Findings): void {
  if (version !== 'v1.0') return;
  for (const field of ['inputs', 'outputs']) {
    for (const { id, node } of itemsOf(valueOf(process, field))) {
      const type = node.kind === 'map' ? valueOf(node, 'type') : node;
      if (type !== undefined && !(type.kind === 'scalar' && type.value === null)) continue;
      const place = type ?? (node.kind === 'map' ? node.entries[0]?.key : undefined) ?? node;
      findings.error(
        'cwl/missing-field',
        spanOf(place),
        `\`${id}\` needs a \`type\`: REANA refuses it without`,
      );
    }
  }
}

function commandsIn(node: TreeNode | undefined): readonly ScalarNode[] {
  if (node === undefined) return [];
  if (node.kind === 'sequence') return node.items.flatMap(commandsIn);
  if (node.kind === 'map') return commandsIn(valueOf(node, 'valueFrom'));
  return typeof node.value === 'string' ? [node] : [];
}

interface ParameterPlaces {
  /** Of the specification. */
  readonly directory: string;
  /** Input files that have been looked for already. */
  readonly declared: ReadonlySet<string>;
  readonly surroundings: ReanaSurroundings;
}

/** Compares the parameters of the specification with the inputs of the workflow.
 *  @param place where the parameters would stand, when there are none */
export function checkCwlParameters(
  main: MapNode,
  { values: parameters, isKnown }: GivenParameters,
  place: TreeNode,
  { directory, declared, surroundings }: ParameterPlaces,
  findings: Findings,
): void {
  const written = valueOf(main, 'inputs');
  // Faults of the workflow itself have been reported.
  if (written?.kind === 'scalar' && written.value !== null) return;
  const inputs = itemsOf(written);
  const names = inputs.map((input) => input.id);
  for (const { id, node } of inputs) {
    const type = node.kind === 'map' ? valueOf(node, 'type') : node;
    const isOptional = (node.kind === 'map' && entryOf(node, 'default') !== undefined) || mayBeMissing(type);
    const given = parameters === undefined ? undefined : entryOf(parameters, id);
    if (given === undefined) {
      if (isOptional || !isKnown) continue;
      findings.error(
        'reana/missing-parameter',
        spanOf(parameters?.entries[0]?.key ?? place),
        `the workflow needs a value for \`${id}\``,
        {
          related: [{ span: spanOf(node), message: 'the input of the workflow' }],
        },
      );
    } else
      checkValue(
        id,
        given.value,
        textOf(type)?.replace(/\?$/, ''),
        { directory, declared, surroundings },
        findings,
      );
  }
  for (const { key } of parameters?.entries ?? []) {
    const name = keyText(key);
    if (names.includes(name) || /^cwl(?:tool)?:/.test(name)) continue;
    const near = closest(name, names);
    findings.warning(
      'reana/unused-parameter',
      spanOf(key),
      `parameter \`${name}\` is no input of the workflow`,
      {
        help: near === undefined ? undefined : `did you mean \`${near}\`?`,
      },
    );
  }
}

function mayBeMissing(type: TreeNode | undefined): boolean {
  if (type?.kind === 'sequence')
    return type.items.some(
      (item) => item.kind === 'scalar' && (item.value === null || item.value === 'null'),
    );
  return textOf(type)?.endsWith('?') === true;
}

/** Files and directories may be made of what stands here. */
const isLiteral = (value: MapNode): boolean =>
  entryOf(value, 'contents') !== undefined || entryOf(value, 'listing') !== undefined;

function reportNoPath(id: string, value: MapNode, path: TreeNode | undefined, findings: Findings): void {
  if (path !== undefined) {
    const message = `the path of \`${id}\` must be a text, not ${textOf(path) === '' ? 'empty' : kindName(path)}`;
    findings.error('reana/wrong-parameter', spanOf(path), message);
    return;
  }
  const known = ['class', 'path', 'location', 'basename', 'contents', 'listing', 'secondaryFiles', 'format'];
  const missing = ['path', 'location'].map((field) => missingField(field, value, known));
  const { at, instead, extras } =
    missing.find((one) => one.instead !== '') ?? missingField('path', value, known);
  const message = `\`${id}\` has neither \`path\` nor \`location\`${instead}`;
  findings.error('reana/wrong-parameter', spanOf(at), message, extras);
}

/** Types that a single word names; the others are left to the run. */
function checkValue(
  id: string,
  value: TreeNode,
  type: string | undefined,
  { directory, declared, surroundings: { kindOf } }: ParameterPlaces,
  findings: Findings,
): void {
  const scalar = value.kind === 'scalar' ? value.value : undefined;
  const fits: Readonly<Record<string, () => boolean>> = {
    string: () => typeof scalar === 'string',
    int: () => typeof scalar === 'number' && Number.isInteger(scalar),
    long: () => typeof scalar === 'number' && Number.isInteger(scalar),
    float: () => typeof scalar === 'number',
    double: () => typeof scalar === 'number',
    boolean: () => typeof scalar === 'boolean',
    File: () => value.kind === 'map' && textOf(valueOf(value, 'class')) === 'File',
    Directory: () => value.kind === 'map' && textOf(valueOf(value, 'class')) === 'Directory',
  };
  const check = type === undefined || !Object.hasOwn(fits, type) ? undefined : fits[type];
  if (type !== undefined && check !== undefined && !check()) {
    const isFile = type === 'File' || type === 'Directory';
    findings.error(
      'reana/wrong-parameter',
      spanOf(value),
      `\`${id}\` must be of the type \`${type}\`, and this is ${kindName(value)}`,
      {
        help: isFile ? `write \`{class: ${type}, path: …}\`` : undefined,
      },
    );
    return;
  }
  if (value.kind !== 'map' || (type !== 'File' && type !== 'Directory')) return;
  const path = valueOf(value, 'path') ?? valueOf(value, 'location');
  const text = textOf(path);
  if (path === undefined ? !isLiteral(value) : text === undefined || text === '') {
    reportNoPath(id, value, path, findings);
    return;
  }
  if (path === undefined || text === undefined || /^[a-z]+:/i.test(text) || text.startsWith('/')) return;
  if (declared.has(posix.normalize(text))) return;
  if (kindOf?.(posix.join(directory, text)) === 'missing')
    findings.error('reana/missing-input', spanOf(path), `input \`${text}\` does not exist`);
}
