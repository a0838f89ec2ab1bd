// Requirements and hints: which there are, and which one counts.
import type { Value } from '../../workflow/model.ts';
import type { CwlVersion } from '../fields.ts';
import type { ExpressionRules } from './expression.ts';
import { CwlUnsupported } from './fault.ts';
import type { EvaluateJavaScript } from './ports.ts';
import { entriesOf, shortId, type TypeDefinitions } from './types.ts';
import { isRecord, listOf, textIn } from './values.ts';
import type { Values } from './values.ts';

/** What is done, or may be left out on one machine without changing what comes out. */
const known = new Set([
  'InlineJavascriptRequirement',
  'SchemaDefRequirement',
  'LoadListingRequirement',
  'DockerRequirement',
  'SoftwareRequirement',
  'InitialWorkDirRequirement',
  'EnvVarRequirement',
  'ShellCommandRequirement',
  'ResourceRequirement',
  'WorkReuse',
  'NetworkAccess',
  'InplaceUpdateRequirement',
  'ToolTimeLimit',
  'SubworkflowFeatureRequirement',
  'ScatterFeatureRequirement',
  'MultipleInputFeatureRequirement',
  'StepInputExpressionRequirement',
]);

/** A list of objects with a `class`, or a map from it.
 *  @throws CwlUnsupported for a requirement that is not known; a hint may be passed over */
export function readRequirements(written: Value | undefined, areRequired: boolean): readonly Values[] {
  const entries = entriesOf(written, 'class', undefined);
  for (const entry of entries) {
    const name = className(entry);
    if (areRequired && !known.has(name)) throw new CwlUnsupported(`requirement \`${name}\` is not supported`);
  }
  return entries;
}

/** `cwltool:Secrets` and `http://…#Secrets` keep their prefix: they are not CWL's own. */
const className = (entry: Values): string => textIn(entry, 'class') ?? '';

export interface Requirements {
  readonly requirements: readonly Values[];
  readonly hints: readonly Values[];
}

/** The one of a class that counts: the innermost requirement, else the innermost hint. */
export function requirement({ requirements, hints }: Requirements, name: string): Values | undefined {
  return (
    requirements.findLast((entry) => className(entry) === name) ??
    hints.findLast((entry) => className(entry) === name)
  );
}

export function typeDefinitions(requirements: readonly Values[], hints: readonly Values[]): TypeDefinitions {
  const definitions = [...hints, ...requirements]
    .filter((entry) => className(entry) === 'SchemaDefRequirement')
    .flatMap((entry) => listOf(entry['types']))
    // An import may bring a list.
    .flatMap(listOf)
    .filter(isRecord);
  return new Map(definitions.map((definition) => [shortId(textIn(definition, 'name') ?? ''), definition]));
}

export function expressionRules(
  from: Requirements & { readonly version: CwlVersion },
  evaluate: EvaluateJavaScript,
): ExpressionRules {
  const javaScript = requirement(from, 'InlineJavascriptRequirement');
  return {
    version: from.version,
    library: javaScript === undefined ? undefined : listOf(javaScript['expressionLib']).map(String),
    evaluate,
  };
}
