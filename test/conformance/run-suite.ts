// One test of the official suite: run for real, and its outputs as the suite compares them.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { PchainError } from '../../src/base/errors.ts';
import { ExitCode } from '../../src/base/exit-code.ts';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { checkCwlDocument } from '../../src/cwl/documents/check.ts';
import { numbersIn } from '../../src/cwl/execution/document-value.ts';
import { placedInputs, withInputRequirements } from '../../src/cwl/execution/job-file.ts';
import { ProcessLoader } from '../../src/cwl/execution/load.ts';
import type { EvaluateJavaScript } from '../../src/cwl/execution/ports.ts';
import { asText } from '../../src/cwl/execution/values.ts';
import type { Values } from '../../src/cwl/execution/values.ts';
import { conductCwl } from '../../src/engine/reana/cwl/conduct.ts';
import { readTree } from '../../src/source/tree.ts';
import type { Value } from '../../src/workflow/model.ts';
import { conduct } from '../rigs/conduct.ts';

export interface SuiteTest {
  readonly id: string;
  readonly tool: string;
  readonly job: string | undefined;
  readonly expected: Value;
  readonly shouldFail: boolean;
  readonly tags: readonly string[];
}

/** All tests of a list and of the lists it imports; paths are relative to `root`. */
export function suiteTests(root: string, list: string): readonly SuiteTest[] {
  const folder = posix.dirname(list);
  const entries = readDocument(join(root, list)) as unknown as readonly Record<string, unknown>[];
  return entries.flatMap((entry) => {
    const imported = entry['$import'];
    if (typeof imported === 'string') return suiteTests(root, posix.join(folder, imported));
    const { job } = entry;
    return {
      id: String(entry['id']).replace(/^.*#/, ''),
      tool: posix.join(folder, String(entry['tool'])),
      job: typeof job === 'string' ? posix.join(folder, job) : undefined,
      expected: importedValue(entry['output'] ?? {}, root, folder),
      shouldFail: entry['should_fail'] === true,
      tags: entry['tags'] as readonly string[],
    };
  });
}

function importedValue(value: unknown, root: string, folder: string): Value {
  const file = (value as Record<string, unknown>)['$import'];
  if (typeof file !== 'string') return value as Value;
  try {
    return readDocument(join(root, folder, file));
  } catch {
    return 'Any';
  }
}

function readDocument(path: string): Value {
  const tree = readTree(path, readFileSync(path, 'utf8'), new Findings());
  return tree === undefined ? null : numbersIn(tree);
}

export interface SuiteContext {
  /** Where the documents and their data lie. */
  readonly root: string;
  readonly evaluate: EvaluateJavaScript;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether sizes and checksums of files are compared. */
  readonly content: 'compared' | 'not compared';
}

/** @returns what is wrong, in words; `undefined`: nothing */
export async function runSuiteTest(test: SuiteTest, context: SuiteContext): Promise<string | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-suite-'));
  try {
    const { failure, outputs } = await attempt(test, directory, context);
    if (test.shouldFail) return failure === undefined ? 'it must fail, but has finished' : undefined;
    if (failure !== undefined) return failure;
    const expected = context.content === 'compared' ? test.expected : withoutContent(test.expected);
    return difference(expected, outputs ?? {}, 'output');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Attempt {
  readonly failure: string | undefined;
  readonly outputs?: Values | undefined;
}

async function attempt(test: SuiteTest, directory: string, context: SuiteContext): Promise<Attempt> {
  const { root, evaluate, environment } = context;
  const workspace = join(directory, 'workspace');
  mkdirSync(workspace);
  try {
    refuseFaulty(join(root, test.tool).replace(/#.*$/, ''));
    const job = test.job === undefined ? undefined : join(root, test.job);
    const inputs = placedInputs(job === undefined ? null : readDocument(job), job ?? join(root, 'none'));
    const process = withInputRequirements(new ProcessLoader(readText).load(join(root, test.tool)), inputs);
    let outputs: Values | undefined;
    const conductor = conductCwl({
      process,
      inputs,
      workspace,
      evaluate,
      cores: 2,
      onOutputs: (published) => (outputs = published),
    });
    const { failure } = await conduct(conductor, { workspace }, join(directory, 'control'), environment);
    return { failure, outputs };
  } catch (thrown) {
    // A fault of the document is an answer; a fault of ours is none.
    if (thrown instanceof PchainError) return { failure: thrown.message };
    throw thrown;
  }
}

function withoutContent(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(withoutContent);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== 'size' && name !== 'checksum');
  return Object.fromEntries(members.map(([name, member]) => [name, withoutContent(member)]));
}

/** What the checker refuses is not started, here as in the engine. */
function refuseFaulty(path: string): void {
  const findings = new Findings();
  checkCwlDocument(path, readText, findings);
  const fault = findings.sorted().find((finding) => finding.severity === 'error');
  if (fault !== undefined) throw new PchainError(ExitCode.findings, fault.message);
}

const readText: ReadText = (path) => {
  try {
    return { ok: true, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { ok: false, reason: 'missing', detail: String(error) };
  }
};

/** As the suite's own comparison: what is expected must be there; files by name, size and checksum. */
function difference(expected: Value, actual: Value | undefined, place: string): string | undefined {
  if (expected === 'Any') return undefined;
  if (Array.isArray(expected)) {
    const list = expected as readonly Value[];
    if (!Array.isArray(actual) || actual.length !== list.length) return differ(expected, actual, place);
    return first(
      list.map((member, index) => () => difference(member, (actual as Value[])[index], `${place}[${index}]`)),
    );
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null || Array.isArray(actual))
      return differ(expected, actual, place);
    const [wanted, found] = [expected as Values, actual as Values];
    const isItem = wanted['class'] === 'File' || wanted['class'] === 'Directory';
    return first(
      Object.entries(wanted).map(([name, member]) => () => {
        if (isItem && (name === 'location' || name === 'path'))
          return differentPlace(member, found['location'], place);
        if (isItem && (name === 'listing' || name === 'secondaryFiles'))
          return differentSet(member as readonly Value[], found[name], `${place}.${name}`);
        return difference(member, found[name], `${place}.${name}`);
      }),
    );
  }
  return expected === (actual ?? null) ? undefined : differ(expected, actual, place);
}

function differentSet(
  expected: readonly Value[],
  actual: Value | undefined,
  place: string,
): string | undefined {
  if (!Array.isArray(actual) || actual.length !== expected.length) return differ(expected, actual, place);
  const missing = expected.find(
    (member) => !(actual as readonly Value[]).some((other) => difference(member, other, place) === undefined),
  );
  return missing === undefined ? undefined : differ(missing, actual, place);
}

function differentPlace(expected: Value, actual: Value | undefined, place: string): string | undefined {
  const wanted = decodeURIComponent(asText(expected));
  const isSame =
    wanted === 'Any' ||
    asText(actual).endsWith(`/${wanted.replace(/\/$/, '')}`) ||
    wanted.startsWith('file:');
  return isSame ? undefined : `${place}: expected the place ${wanted}, got ${asText(actual)}`;
}

const differ = (expected: Value, actual: Value | undefined, place: string): string =>
  `${place}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;

function first(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
}
