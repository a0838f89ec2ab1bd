// A command line tool with its inputs becomes a job: files to stage, a line for the shell, and what to do with the end.
import type { Value } from '../../workflow/model.ts';
import { quoteShellWord } from '../../prun/shell-words.ts';
import { commandLine, type Word } from './command-line.ts';
import { evaluate, evaluateText, type ExpressionRules, type Scope } from './expression.ts';
import { CwlFault } from './fault.ts';
import type { FileView } from './ports.ts';
import type { CommandLineTool } from './process.ts';
import { requirement } from './requirements.ts';
import { resourcesOf } from './resources.ts';
import { Staging, type StagingStep } from './staging.ts';
import { entriesOf, type Port, type Type } from './types.ts';
import { isRecord, listOf, textIn, withoutFloats } from './values.ts';
import type { Values } from './values.ts';
import { placeInWorkDirectory } from './work-directory.ts';

export interface ToolJob {
  readonly tool: CommandLineTool;
  readonly inputs: Values;
  readonly runtime: Values;
  /** Where it runs and leaves its outputs. */
  readonly directory: string;
  readonly temporaryDirectory: string;
  readonly staging: readonly StagingStep[];
  /** As a person would type it, without redirections. */
  readonly command: string;
  /** Bash text that runs it. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly image: string | undefined;
  /** Where the image has the work directory, too; absolute. */
  readonly directoryInImage: string | undefined;
  /** Names of the files that its streams are sent to. */
  readonly streams: Readonly<Partial<Record<'stdout' | 'stderr', string>>>;
  readonly cores: number;
  readonly timeLimitMs: number | undefined;
  readonly codes: ExitCodes;
}

export interface ExitCodes {
  readonly success: readonly number[];
  readonly temporary: readonly number[];
  readonly permanent: readonly number[];
}

export interface JobSite {
  /** Absolute; nothing else is in it. */
  readonly home: string;
  readonly cores: number;
  readonly files: FileView;
}

/** @param inputs as `jobInputs` gives them
 *  @throws CwlFault when an expression fails or gives what it must not */
export function toolJob(
  tool: CommandLineTool,
  inputs: Values,
  site: JobSite,
  rules: ExpressionRules,
): ToolJob {
  const directory = `${site.home}/outdir`;
  const temporaryDirectory = `${site.home}/tmpdir`;
  const resources = resourcesOf(tool, inputs, rules, site.cores);
  const runtime: Values = { ...resources, outdir: directory, tmpdir: temporaryDirectory };
  const staging = new Staging(`${site.home}/inputs`);
  for (const path of [directory, temporaryDirectory]) staging.steps.push({ make: 'directory', path });
  const staged = staging.inputs(inputs);
  const placed = placeInWorkDirectory(
    tool,
    { inputs: staged, self: null, runtime },
    rules,
    staging,
    directory,
    site.files,
  );
  const scope: Scope = { inputs: placed, self: null, runtime };
  const words = commandLine(tool, scope, rules);
  if (words.length === 0) throw new CwlFault('the tool has no command');
  const streams = streamsOf(tool, scope, rules);
  for (const name of [streams.stdout, streams.stderr])
    if (name?.includes('/') === true)
      staging.steps.push({ make: 'directory', path: `${directory}/${name.replace(/\/[^/]*$/, '')}` });
  const stdin = stdinOf(tool, scope, rules);
  const hasShell = requirement(tool, 'ShellCommandRequirement') !== undefined;
  const command = words
    .map((word) => (word.isQuoted || !hasShell ? quoteShellWord(word.text) : word.text))
    .join(' ');
  return {
    tool,
    inputs: placed,
    runtime,
    directory,
    temporaryDirectory,
    staging: staging.steps,
    command,
    script: scriptOf(hasShell ? shellWords(command) : words, stdin, streams),
    environment: environmentOf(tool, scope, rules, directory, temporaryDirectory),
    image: imageOf(tool),
    directoryInImage: directoryInImage(tool),
    streams,
    cores: resources.cores,
    timeLimitMs: timeLimitOf(tool, scope, rules),
    codes: {
      success: codesOf(tool, 'successCodes'),
      temporary: codesOf(tool, 'temporaryFailCodes'),
      permanent: codesOf(tool, 'permanentFailCodes'),
    },
  };
}

/** Everything for the shell is one word of another one. */
const shellWords = (command: string): readonly Word[] =>
  ['/bin/sh', '-c', command].map((text) => ({ text, isQuoted: true }));

function scriptOf(words: readonly Word[], stdin: string | undefined, streams: ToolJob['streams']): string {
  const redirections = [
    stdin === undefined ? '< /dev/null' : `< ${quoteShellWord(stdin)}`,
    ...(streams.stdout === undefined ? [] : [`> ${quoteShellWord(streams.stdout)}`]),
    ...(streams.stderr === undefined ? [] : [`2> ${quoteShellWord(streams.stderr)}`]),
  ];
  return `exec ${words.map((word) => quoteShellWord(word.text)).join(' ')} ${redirections.join(' ')}\n`;
}

/** A stream has a file when a name is given, and when an output is of its type. */
function streamsOf(tool: CommandLineTool, scope: Scope, rules: ExpressionRules): ToolJob['streams'] {
  const nameOfStream = (stream: 'stdout' | 'stderr'): string | undefined => {
    const written = tool.tool[stream];
    if (written !== undefined && written !== null) {
      const name = evaluateText(written, `\`${stream}\``, scope, rules);
      if (name.startsWith('/') || name.split('/').includes('..') || name === '')
        throw new CwlFault(`\`${stream}\` must be the name of a file in the work directory, not \`${name}\``);
      return name;
    }
    const output = tool.outputs.find((one) => isStream(one.type, stream));
    return output === undefined ? undefined : `${output.name}.${stream}`;
  };
  const stdout = nameOfStream('stdout');
  const stderr = nameOfStream('stderr');
  return { ...(stdout === undefined ? {} : { stdout }), ...(stderr === undefined ? {} : { stderr }) };
}

export const isStream = (type: Type, stream: 'stdin' | 'stdout' | 'stderr'): boolean =>
  type.kind === 'simple' && type.name === stream;

function stdinOf(tool: CommandLineTool, scope: Scope, rules: ExpressionRules): string | undefined {
  const written = tool.tool['stdin'];
  if (written !== undefined && written !== null) return evaluateText(written, '`stdin`', scope, rules);
  const input = tool.inputs.find((one: Port) => isStream(one.type, 'stdin'));
  const file = input === undefined ? undefined : scope.inputs[input.name];
  return isRecord(file) ? textIn(file, 'path') : undefined;
}

function environmentOf(
  tool: CommandLineTool,
  scope: Scope,
  rules: ExpressionRules,
  directory: string,
  temporaryDirectory: string,
): Readonly<Record<string, string>> {
  const definitions = entriesOf(requirement(tool, 'EnvVarRequirement')?.['envDef'], 'envName', 'envValue');
  const variables = definitions.map((definition): [string, string] => {
    const name = textIn(definition, 'envName') ?? '';
    return [name, evaluateText(definition['envValue'] ?? null, `the value of \`${name}\``, scope, rules)];
  });
  return { HOME: directory, TMPDIR: temporaryDirectory, ...Object.fromEntries(variables) };
}

function imageOf(tool: CommandLineTool): string | undefined {
  const docker = requirement(tool, 'DockerRequirement');
  return docker === undefined ? undefined : (textIn(docker, 'dockerPull') ?? textIn(docker, 'dockerImageId'));
}

/** `dockerOutputDirectory`: outside of a container there is no such place, so nothing else depends on it. */
function directoryInImage(tool: CommandLineTool): string | undefined {
  const docker = requirement(tool, 'DockerRequirement');
  const written = docker === undefined ? undefined : textIn(docker, 'dockerOutputDirectory');
  if (written === undefined) return undefined;
  const path = written.replace(/\/+$/, '');
  if (!path.startsWith('/') || path.split('/').includes('..'))
    throw new CwlFault(`\`dockerOutputDirectory\` must be an absolute path below \`/\`, not \`${written}\``);
  return path;
}

function timeLimitOf(tool: CommandLineTool, scope: Scope, rules: ExpressionRules): number | undefined {
  const written: Value | undefined = requirement(tool, 'ToolTimeLimit')?.['timelimit'];
  if (written === undefined) return undefined;
  const seconds = withoutFloats(evaluate(written, scope, rules));
  if (typeof seconds !== 'number' || seconds < 0)
    throw new CwlFault(`a time limit must be a number of seconds, not ${JSON.stringify(seconds)}`);
  return seconds === 0 ? undefined : seconds * 1000;
}

const codesOf = (tool: CommandLineTool, field: string): readonly number[] =>
  listOf(tool.tool[field]).map(Number);
