// The same questions put to Python itself.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prunOptions } from '../../src/prun/options.ts';
import { parseArguments } from '../../src/prun/parse-args.ts';
import { percentQuote, pythonJson, pythonRepr, type PlainValue } from '../../src/prun/plain-value.ts';
import { asShellWords, quoteShellWord, splitShellWords } from '../../src/prun/shell-words.ts';

const hasPython = spawnSync('python3', ['-c', '']).status === 0;
const describeWithPython = hasPython ? describe : describe.skip;

function python(script: string, input: unknown): unknown {
  const run = spawnSync('python3', ['-c', `import sys, json\ndata = json.load(sys.stdin)\n${script}`], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as unknown;
}

const seed = 20261121;

describeWithPython(`Python agrees${hasPython ? '' : ' (skipped: no python3 on this machine)'}`, () => {
  it('on words of a line, and on lines that have none', () => {
    const piece = fc.constantFrom(
      'a',
      'é',
      ' ',
      '\t',
      '\r',
      '\n',
      '"',
      "'",
      '\\',
      '#',
      '$',
      '%',
      '=',
      '-',
      '\u00a0',
      '\u2028',
      '\u{1f600}',
    );
    const lines = fc.sample(
      fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('')),
      { numRuns: 3000, seed },
    );
    const script = `
import shlex
def split(line):
    try:
        return shlex.split(line)
    except ValueError as fault:
        return str(fault)
print(json.dumps([[split(line), shlex.quote(line)] for line in data]))`;
    const faults = { 'unclosed-quote': 'No closing quotation', 'trailing-escape': 'No escaped character' };
    const ours = lines.map((line) => {
      const split = splitShellWords(line);
      return [split.ok ? split.words.map((word) => word.text) : faults[split.reason], quoteShellWord(line)];
    });
    expect(ours).toEqual(python(script, lines));
  });

  it('on which arguments are taken and which refused', () => {
    const word = fc.constantFrom(
      '--exec', '--exec=x y', '--exec=', '--nJobs', '--nJobs=4', '--nJ', '--nFiles', '--nfile', '--nF', '--outp', '--avoidVP',
      '--avoidVP=1', '--excludedSite', '--excludedSite=A', '--nCore', '8', '4', 'x', '-5', '-.5', '-v', '-vy', '-3v', '-v3x',
      '-x', '-v=1', '-', '--', '', '-a b', '--no such', '--wrap', '1_0', '+2', ' 7 ', '--forceStagedSecondary', '--help',
    ); // prettier-ignore
    const lists = fc.sample(fc.array(word, { maxLength: 6 }), { numRuns: 3000, seed });
    const table = prunOptions.options.map((option) => ({
      ...option,
      choices: option.choices ?? null,
      const: option.const ?? null,
    }));
    const script = `
import argparse
class Refused(Exception): pass
class Parser(argparse.ArgumentParser):
    def error(self, message): raise Refused(message)
parser = Parser(conflict_handler='resolve', add_help=False)
for o in data['table']:
    kw = {'dest': o['dest'], 'default': o['default']}
    if o['arity'] == 'flag': kw.update(action='store_const', const=o['const'])
    else:
        kw.update(action='append' if o['repeated'] else 'store')
        if o['valueType'] == 'int': kw['type'] = int
        if o['choices']: kw['choices'] = o['choices']
    parser.add_argument(*o['flags'], **kw)
def parse(words):
    try: return vars(parser.parse_args(words))
    except Refused: return None
print(json.dumps([parse(words) for words in data['lists']]))`;
    const ours = lists.map((words) => {
      const { values, problems } = parseArguments(prunOptions, asShellWords(words));
      return problems.length === 0 ? Object.fromEntries(values) : null;
    });
    const theirs = python(script, { table, lists }) as unknown[];
    const differing = lists.filter(
      (_, index) => JSON.stringify(sorted(ours[index])) !== JSON.stringify(sorted(theirs[index])),
    );
    expect(differing).toEqual([]);
    expect(theirs.filter((values) => values !== null).length).toBeGreaterThan(300);
  });

  it('on how values and URLs are written', () => {
    const text = fc
      .array(
        fc.constantFrom(
          'a',
          "'",
          '"',
          '\\',
          '\n',
          '\u0007',
          '\u007f',
          '\u00a0',
          '\u2028',
          'é',
          '\u{1f600}',
          '/',
          '!',
          '(',
          '~',
          '%',
          ' ',
        ),
      )
      .map((parts) => parts.join(''));
    const value = fc.oneof(
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(text),
      fc.dictionary(text, fc.integer()),
    );
    const values = fc.sample(value, { numRuns: 2000, seed });
    const script = `
from urllib.parse import quote
print(json.dumps([[repr(v), json.dumps(v), quote(v) if isinstance(v, str) else None] for v in data]))`;
    const ours = values.map((item: PlainValue) => [
      pythonRepr(item),
      pythonJson(item),
      typeof item === 'string' ? percentQuote(item) : null,
    ]);
    expect(ours).toEqual(python(script, values));
  });
});

function sorted(values: unknown): unknown {
  if (typeof values !== 'object' || values === null) return values;
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
