// Everything about an offload that can be known before any server is asked.
import { dirname, join } from 'node:path';
import { compressionOf } from '../../archive/tar-gz.ts';
import { UsageError } from '../../base/errors.ts';
import { Findings } from '../../base/finding.ts';
import type { Finding } from '../../base/finding.ts';
import { checkCwlDocument } from '../../cwl/documents/check.ts';
import { pythonJson } from '../../reanaspec/python-json.ts';
import { operationalOptions } from '../../reanaspec/fields.ts';
import type { ReanaSpec } from '../../reanaspec/model.ts';
import { readReanaSpec } from '../../reanaspec/read.ts';
import { fillTemplate } from '../../reanaspec/template.ts';
import { readTextFile } from '../../source/text-file.ts';
import { bundleScope } from '../bundle-scope.ts';
import { hashFile, hashText, kindOf } from '../files/disk.ts';
import { collectInputs } from '../files/inputs.ts';
import type { LeftOut } from '../files/inputs.ts';
import { jobMetadataPath } from './job-metadata.ts';
import type { Loading } from '../load-specification.ts';
import { membersOf } from '../protocol/members.ts';
import { checkedOptions, typedParameters } from '../parameters.ts';
import type { Upload } from '../files/upload.ts';

export interface PrepareOptions {
  readonly specFile: string;
  readonly set: ReadonlyMap<string, string>;
  /** As typed; they get the types of the specification. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Operational options. */
  readonly options: ReadonlyMap<string, string>;
  /** `undefined`: those that the specification declares. */
  readonly outputs: readonly string[] | undefined;
  /** Where the outputs will be packed, and where the job's metadata lie: no inputs, whatever directory they are in. */
  readonly outputTar?: string | undefined;
  readonly workDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Prepared {
  readonly spec: ReanaSpec;
  /** The specification with its placeholders filled. */
  readonly text: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, string>>;
  /** With their digests. */
  readonly inputs: readonly Upload[];
  readonly leftOut: readonly LeftOut[];
  /** Files, directories or patterns in the workspace; may be none. */
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
 *  @throws UsageError for values without placeholder and the reverse, and for unknown parameters and options
 *  @throws LocalError when an input cannot be read, Interrupted when the signal fires */
export async function prepareOffload(given: PrepareOptions): Promise<Preparation> {
  const findings = new Findings();
  const { specFile } = given;
  const read = readTextFile(specFile);
  const text = read.ok ? fillTemplate(read.text, given.set, specFile) : '';
  const spec = readReanaSpec(
    specFile,
    (path) => (path === specFile && read.ok ? { ok: true, text } : readTextFile(path)),
    findings,
    { checkCwl: (file, readText, found) => void checkCwlDocument(file, readText, found) },
  );
  const collected =
    spec === undefined ? undefined : collectInputs(spec, dirname(specFile), findings, writtenFiles(given));
  if (spec === undefined || collected === undefined || findings.hasErrors)
    return { findings: findings.sorted(), prepared: undefined };

  const parameters = typedParameters(given.parameters, spec.inputs.parameters, specFile);
  const options = checkedOptions(
    given.options,
    operationalOptions[spec.kind],
    spec.kind,
    spec.steps?.flatMap(({ name }) => name ?? []),
  );
  const outputs =
    given.outputs ?? [...spec.outputs.files, ...spec.outputs.directories].map((declared) => declared.path);
  const inputs: Upload[] = [];
  for (const file of collected.files) inputs.push({ ...file, mark: await hashFile(file.path, given.signal) });
  const fingerprint = hashText(
    pythonJson([
      text,
      parameters,
      options,
      outputs,
      spec.document,
      inputs.map(({ name, mark }) => `${mark} ${name}`),
    ]),
  );
  return {
    findings: findings.sorted(),
    prepared: {
      spec,
      text,
      parameters,
      options,
      inputs,
      leftOut: collected.leftOut,
      outputs,
      fingerprint,
    },
  };
}

function writtenFiles({ outputTar, workDirectory }: PrepareOptions): readonly string[] {
  const metadata = workDirectory === undefined ? [] : [jobMetadataPath(workDirectory)];
  return outputTar === undefined ? metadata : [outputTar, ...metadata];
}

/** What a server needs to load the specification. */
export function loadingOf(prepared: Prepared, extra: Readonly<Record<string, string>>): Loading {
  const { spec, text } = prepared;
  // A loaded serial or CWL workflow stands in the document; of Yadage servers load everything themselves.
  const isLoaded = spec.kind === 'yadage' || membersOf(spec.document['workflow'])['specification'] !== null;
  return {
    spec,
    text,
    scope: () => Promise.resolve(bundleScope(spec)),
    document: spec.document,
    isLoaded,
    extra,
  };
}

/** The place of the specification in the workspace. */
const specName = 'reana.yaml';

/** The inputs, and the specification itself unless an input has its place.
 *  @param filled where the filled specification lies on this machine */
export function uploadsOf(prepared: Prepared, filled: string): readonly Upload[] {
  const taken = prepared.inputs.some((input) => input.name === specName);
  return taken
    ? prepared.inputs
    : [...prepared.inputs, { name: specName, path: filled, mark: hashText(prepared.text) }];
}

/** Where the files of an offload lie beside its journal. */
export function offloadPaths(workDirectory: string, name: string) {
  const stem = join(workDirectory, `.pchain-reana-${name}`);
  return {
    journal: `${stem}.json`,
    lock: `${stem}.lock`,
    uploads: `${stem}.uploads`,
    specification: `${stem}.yaml`,
    staging: `${stem}.outputs`,
  } as const;
}

/** What can be refused before any server is asked, so that none is started for it, and no hours of work end in a bad place.
 *  @param prepared `undefined`: not yet known
 *  @throws UsageError for a name that cannot be one, a tar of an unknown kind or at the place of a directory, and when there is
 *    nothing to be packed */
export function checkOffload(
  given: Pick<PrepareOptions, 'specFile' | 'outputTar'> & { readonly name: string },
  prepared: Prepared | undefined,
): void {
  const { name, outputTar, specFile } = given;
  checkRunName(name);
  if (outputTar === undefined) return;
  compressionOf(outputTar);
  if (kindOf(outputTar) === 'directory') {
    throw new UsageError(`the outputs cannot be packed into \`${outputTar}\`, which is a directory`, {
      hint: 'name a file with `--output`',
    });
  }
  if (prepared?.outputs.length === 0) {
    throw new UsageError(`\`${specFile}\` declares no outputs, so there would be nothing to bring back`, {
      hint: 'add `outputs.files` or `outputs.directories`, or name them with `--outputs`',
    });
  }
}

const longestName = 100;

/** @throws UsageError for names that REANA refuses, or that cannot be part of a file name. */
export function checkRunName(name: string): void {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) {
    throw new UsageError(`\`${name}\` cannot name a run: REANA keeps names of this form for itself`);
  }
  if (name.length > longestName)
    throw new UsageError(
      `the name of a run has at most ${longestName} characters, and this one has ${name.length}`,
    );
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) return;
  throw new UsageError(`\`${name}\` cannot name a run`, {
    hint: 'use letters, digits, `_` and `-`; REANA adds the number of the run after a dot',
  });
}
