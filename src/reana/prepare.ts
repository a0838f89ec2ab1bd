// Everything about an offload that can be known before any server is asked.
import { dirname, join } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { closest } from '../base/closest.ts';
import { Findings } from '../base/finding.ts';
import type { Finding } from '../base/finding.ts';
import type { ReanaSpec } from '../reanaspec/model.ts';
import { readReanaSpec } from '../reanaspec/read.ts';
import { fillTemplate } from '../reanaspec/template.ts';
import { readTextFile } from '../source/text-file.ts';
import { hashText } from './disk.ts';
import { collectInputs, describeInputs } from './inputs.ts';
import type { InputFile } from './inputs.ts';

export interface PrepareOptions {
  readonly specFile: string;
  readonly set: ReadonlyMap<string, string>;
  readonly parameters: Readonly<Record<string, string>>;
  /** `undefined`: those that the specification declares. */
  readonly outputs: readonly string[] | undefined;
}

export interface Prepared {
  readonly spec: ReanaSpec;
  /** The specification with its placeholders filled. */
  readonly text: string;
  readonly inputs: readonly InputFile[];
  /** Files, directories or patterns in the workspace; at least one. */
  readonly outputs: readonly string[];
  /** Changes with everything that decides what is computed and given back. */
  readonly fingerprint: string;
}

/** `findings` holds warnings too; `prepared` is there when none is an error. */
export interface Preparation {
  readonly findings: readonly Finding[];
  readonly prepared: Prepared | undefined;
}

/** Reads, fills and checks a specification and looks for its inputs.
 *  @throws UsageError for values without placeholder and the reverse, and for unknown parameters
 *  @throws LocalError when an input cannot be read */
export async function prepareOffload(options: PrepareOptions): Promise<Preparation> {
  const findings = new Findings();
  const { specFile } = options;
  const read = readTextFile(specFile);
  const text = read.ok ? fillTemplate(read.text, options.set, specFile) : '';
  const spec = readReanaSpec(
    specFile,
    (path) => (path === specFile && read.ok ? { ok: true, text } : readTextFile(path)),
    findings,
  );
  const inputs = spec === undefined ? [] : collectInputs(spec, dirname(specFile), findings);
  if (spec === undefined || findings.hasErrors) return { findings: findings.sorted(), prepared: undefined };

  checkParameterNames(spec, options.parameters);
  const outputs =
    options.outputs ?? [...spec.outputs.files, ...spec.outputs.directories].map((declared) => declared.path);
  if (outputs.length === 0) {
    throw new UsageError(`\`${specFile}\` declares no outputs, so there would be nothing to bring back`, {
      hint: 'add `outputs.files` or `outputs.directories`, or name them with `--outputs`',
    });
  }
  const fingerprint = hashText(
    JSON.stringify([text, options.parameters, outputs, spec.document, await describeInputs(inputs)]),
  );
  return { findings: findings.sorted(), prepared: { spec, text, inputs, outputs, fingerprint } };
}

/** The place of the specification in the workspace. */
export const specName = 'reana.yaml';

/** The inputs, and the specification itself unless an input has its place.
 *  @param filled where the filled specification lies on this machine */
export function uploadsOf(prepared: Prepared, filled: string): readonly InputFile[] {
  const taken = prepared.inputs.some((input) => input.name === specName);
  return taken ? prepared.inputs : [...prepared.inputs, { name: specName, path: filled }];
}

/** Where the files of an offload lie beside its journal. */
export function offloadPaths(workDirectory: string, name: string) {
  const stem = join(workDirectory, `.pchain-reana-${name}`);
  return {
    journal: `${stem}.json`,
    specification: `${stem}.yaml`,
    staging: `${stem}.outputs`,
    metadata: join(workDirectory, 'userJobMetadata.json'),
  } as const;
}

/** @throws UsageError for names that REANA refuses, or that cannot be part of a file name. */
export function checkRunName(name: string): void {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) {
    throw new UsageError(`\`${name}\` cannot name a run: REANA keeps names of this form for itself`);
  }
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name)) return;
  throw new UsageError(`\`${name}\` cannot name a run`, {
    hint: 'use letters, digits, `_` and `-`; REANA adds the number of the run after a dot',
  });
}

function checkParameterNames(spec: ReanaSpec, parameters: Readonly<Record<string, string>>): void {
  const known = Object.keys(spec.inputs.parameters);
  for (const name of Object.keys(parameters)) {
    if (known.includes(name)) continue;
    const near = closest(name, known);
    throw new UsageError(`\`${spec.file}\` has no parameter \`${name}\``, {
      hint: near === undefined ? undefined : `did you mean \`${near}\`?`,
    });
  }
}
