// The value of `--secondaryDSs`: further inputs of a job beside inDS.
import { oncePerText } from '../base/once-per-text.ts';
import { wholeNumber } from './parse-args.ts';

export interface SecondaryStream {
  /** The stream: `IN2` stands for `%IN2` in the payload. */
  readonly stream: string;
  /** Files for each job; 0 leaves it to the server. With `--useNumFilesInSecDSsAsRatio`: for each primary file. */
  readonly nFilesPerJob: number;
  /** One dataset, or several separated by commas. */
  readonly dataset: string;
  /** Only files whose names match; empty: all. */
  readonly match: string;
  readonly nSkip: number;
  /** A file in the sandbox that lists the files to use, one a line; empty: none. */
  readonly fileList: string;
  /** Where it stands in the value. */
  readonly start: number;
  readonly end: number;
}

/** `format` and `number` stop the whole request; the others go unnoticed and do something else than meant. */
export interface SecondaryProblem {
  readonly kind: 'format' | 'number' | 'scope' | 'repeated-stream' | 'repeated-dataset';
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface SecondaryParse {
  readonly streams: readonly SecondaryStream[];
  readonly problems: readonly SecondaryProblem[];
}

/** Reads `stream:nFiles:dataset[:match[:nSkip[:fileList]]]`, separated by commas; `#` instead of every `:` allows a scope in
 *  the dataset, `^` in it stands for a comma. Source: panda-client 2.0.2 `MiscUtils.parse_secondary_datasets_opt`. */
export const parseSecondary: (value: string) => SecondaryParse = oncePerText((value) => {
  const datasets: SecondaryStream[] = [];
  const problems: SecondaryProblem[] = [];
  let start = 0;
  for (const item of value === '' ? [] : value.split(',')) {
    const place = { start, end: start + item.length };
    start = place.end + 1;
    const read = readItem(item);
    if ('message' in read) {
      problems.push({ ...read, ...place });
      continue;
    }
    const dataset = { ...read, ...place };
    problems.push(...doubts(item, dataset, datasets));
    datasets.push(dataset);
  }
  return { streams: datasets, problems };
});

function readItem(
  item: string,
): Omit<SecondaryStream, 'start' | 'end'> | Pick<SecondaryProblem, 'kind' | 'message'> {
  const fields = item.split(item.includes('#') ? '#' : ':');
  const [stream = '', files = '', dataset = '', match = '', skip = '', fileList = ''] = fields;
  if (fields.length < 3 || fields.length > 6 || stream === '' || dataset === '') {
    return {
      kind: 'format',
      message: `\`${item}\` in \`--secondaryDSs\` is not \`stream:nFiles:dataset[:match[:nSkip]]\``,
    };
  }
  const nFilesPerJob = wholeNumber(files);
  const nSkip = skip === '' ? 0 : wholeNumber(skip);
  if (nFilesPerJob === undefined || nSkip === undefined) {
    const wrong = nFilesPerJob === undefined ? files : skip;
    return { kind: 'number', message: `\`${wrong}\` in \`--secondaryDSs\` is not a whole number` };
  }
  return { stream, nFilesPerJob, dataset: dataset.replaceAll('^', ','), match, nSkip, fileList };
}

function doubts(
  item: string,
  dataset: SecondaryStream,
  before: readonly SecondaryStream[],
): SecondaryProblem[] {
  const { start, end, stream } = dataset;
  const problems: SecondaryProblem[] = [];
  if (!item.includes('#') && dataset.match.startsWith(`${dataset.dataset}.`)) {
    const better = item.split(':');
    const scoped = [better[0], better[1], `${better[2] ?? ''}:${better[3] ?? ''}`, ...better.slice(4)].join(
      '#',
    );
    const message = `\`${dataset.dataset}\` is read as the dataset and \`${dataset.match}\` as a filter; write \`${scoped}\``;
    problems.push({ kind: 'scope', start, end, message });
  }
  if (before.some((other) => other.stream === stream)) {
    const message = `the stream \`${stream}\` is used twice in \`--secondaryDSs\``;
    problems.push({ kind: 'repeated-stream', start, end, message });
  }
  if (before.some((other) => other.dataset === dataset.dataset)) {
    const message = `the dataset \`${dataset.dataset}\` is listed twice in \`--secondaryDSs\`; only the last one counts`;
    problems.push({ kind: 'repeated-dataset', start, end, message });
  }
  return problems;
}
