// One step with its parameters: the job it becomes, and what it publishes.
import { isList, pythonText, toPythonValue, type PythonValue } from '../../python-value.ts';
import type { YadageProcess, YadagePublisher } from '../model.ts';
import { YadageFault } from './fault.ts';
import type { EvaluateJq, YadageFiles } from './ports.ts';
import { pythonFormat, UnnamedField } from './python-format.ts';
import { mapTexts, membersOf } from './texts.ts';

export type Parameters = Readonly<Record<string, PythonValue>>;

/** Directories of a step. */
export interface StepPlaces {
  /** Where it may write; `undefined` for what only passes values on. */
  readonly workdir: string | undefined;
  /** Where its inputs are, sorted. */
  readonly readdirs: readonly string[];
}

export type JobText =
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'script'; readonly script: string; readonly interpreter: string };

/** Fills `{workdir}`, `{readdir0}`, … into the parameters.
 *  @throws YadageFault for other names in braces */
export function placedParameters(parameters: Parameters, places: StepPlaces): Parameters {
  const names: Record<string, string> = {};
  if (places.workdir !== undefined) names['workdir'] = places.workdir;
  places.readdirs.forEach((directory, index) => (names[`readdir${index}`] = directory));
  return membersOf(
    mapTexts(parameters, (text) => {
      try {
        return pythonFormat(text, names);
      } catch (thrown) {
        // `{}` is left alone; that is so in packtivity.
        if (thrown instanceof UnnamedField) return text;
        throw thrown;
      }
    }),
  );
}

/** @param parameters placed
 *  @throws YadageFault for a name in braces that is no parameter */
export function jobText(process: YadageProcess, parameters: Parameters): JobText {
  const flat = Object.fromEntries(
    Object.entries(parameters).map(([name, value]): [string, PythonValue] => [
      name,
      isList(value) ? value.map(pythonText).join(' ') : value,
    ]),
  );
  return process.type === 'string-interpolated-cmd'
    ? { kind: 'command', command: pythonFormat(process.command.text, flat) }
    : {
        kind: 'script',
        script: pythonFormat(process.script.text, flat),
        interpreter: process.interpreter,
      };
}

/** Whether what is published can be told before the job has run. */
export function isKnownBefore(publisher: YadagePublisher, places: StepPlaces): boolean {
  switch (publisher.type) {
    case 'frompar-pub':
    case 'constant-pub':
      return true;
    case 'interpolated-pub':
    case 'fromparjq-pub':
      return !publisher.glob || places.workdir === undefined;
    case 'fromyaml-pub':
    case 'fromglob-pub':
      return false;
  }
}

/** @param parameters placed
 *  @throws YadageFault when a name, a file or a program does not come out */
export function published(
  publisher: YadagePublisher,
  parameters: Parameters,
  places: StepPlaces,
  ports: { readonly files: YadageFiles; readonly jq: EvaluateJq },
): PythonValue {
  const { files } = ports;
  switch (publisher.type) {
    case 'constant-pub':
      return toPythonValue(publisher.publish);
    case 'frompar-pub':
      return mapTexts(toPythonValue(publisher.outputMap), (name) => {
        if (!Object.hasOwn(parameters, name))
          throw new YadageFault(`there is no parameter \`${name}\` to publish`);
        return parameters[name] ?? null;
      });
    case 'interpolated-pub': {
      const workdir = places.workdir ?? '';
      const values = { ...parameters, workdir };
      return mapTexts(toPythonValue(publisher.publish), (text) => {
        const plain = pythonFormat(text, values);
        const path = publisher.relativePaths && !plain.startsWith('/') ? `${workdir}/${plain}` : plain;
        if (!publisher.glob) return path;
        const found = files.glob(path);
        return found.length === 0 ? plain : found;
      });
    }
    case 'fromparjq-pub': {
      const [value, ...more] = ports.jq(publisher.script.text, parameters);
      if (value === undefined || more.length > 0)
        throw new YadageFault('the jq program of the publisher must give one value');
      const directory = places.workdir ?? (places.readdirs.length === 1 ? places.readdirs[0] : undefined);
      return directory === undefined
        ? value
        : mapTexts(value, (text) => {
            const path = publisher.relativePaths && !text.startsWith('/') ? `${directory}/${text}` : text;
            if (publisher.tryExact && files.exists(path)) return path;
            const found = publisher.glob ? files.glob(path) : [];
            return found.length === 0 ? text : found;
          });
    }
    case 'fromyaml-pub':
      return files.yaml(`${places.workdir ?? ''}/${publisher.yamlFile.text}`);
    case 'fromglob-pub':
      return {
        [publisher.outputKey.text]: files.glob(`${places.workdir ?? ''}/${publisher.globExpression.text}`),
      };
  }
}
