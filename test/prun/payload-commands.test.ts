import { describe, expect, it } from 'vitest';
import { payloadCommands, writtenByEcho } from '../../src/prun/payload-commands.ts';
import { isHarmless, payloadFiles } from '../../src/prun/payload-files.ts';

function words(text: string): readonly (readonly string[])[] {
  return payloadCommands(text).map((command) => command.words.map((word) => word.text));
}

describe('commands of a payload', () => {
  it('end with separators, line breaks and brackets', () => {
    expect(words('a 1; b 2 && c || d | e & (f g)\nh')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c'],
      ['d'],
      ['e'],
      ['f', 'g'],
      ['h'],
    ]);
  });

  it('have words without their quotes, where they stand', () => {
    const [command] = payloadCommands(`echo 'a b' "c \\"d" e\\ f`);
    expect(command?.words.map(({ text, start, end }) => [text, start, end])).toEqual([
      ['echo', 0, 4],
      ['a b', 5, 10],
      ['c "d', 11, 18],
      ['e f', 19, 23],
    ]);
  });

  it('keep assignments, keywords and comments out', () => {
    expect(words('A=1 B="2" run x # y; z\nif test -f a; then go; fi')).toEqual([
      ['run', 'x'],
      ['test', '-f', 'a'],
      ['go'],
    ]);
  });

  it('know the files that their output goes to', () => {
    const writes = payloadCommands('a > b 2>>c &> d < e 2>&1; > f').map((command) =>
      command.writes.map((word) => word.text),
    );
    expect(writes).toEqual([['b', 'c', 'd'], ['f']]);
  });

  it('say which words the shell would change', () => {
    const [command] = payloadCommands(`run $a "$b" '$c' *.root $(date +%s) plain`);
    expect(command?.words.map((word) => [word.text, word.isLiteral])).toEqual([
      ['run', true],
      ['$a', false],
      ['$b', false],
      ['$c', true],
      ['*.root', false],
      ['$(date +%s)', false],
      ['plain', true],
    ]);
  });

  it('may not run after a test, or where there are branches', () => {
    expect(payloadCommands('a; b && c; d').map((command) => command.isConditional)).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(payloadCommands('if a; then b; fi; c').every((command) => command.isConditional)).toBe(true);
  });

  it('end with the text when a quote is open', () => {
    expect(words(`echo 'a`)).toEqual([['echo', 'a']]);
    expect(words('echo "a $(b')).toEqual([['echo', 'a $(b']]);
    expect(words('')).toEqual([]);
  });
});

describe('what echo writes', () => {
  const written = (text: string): string | undefined => payloadCommands(text).map(writtenByEcho)[0];

  it('is its words, without its flags', () => {
    expect(written(`echo -n '{"a": 1}' b`)).toBe('{"a": 1} b');
    expect(written(`printf '{}\\n'`)).toBe('{}\n');
  });

  it('is not known when the shell or printf fills something in', () => {
    expect(written('echo $a')).toBeUndefined();
    expect(written("printf '%s' a")).toBeUndefined();
    expect(written('cat a')).toBeUndefined();
  });
});

describe('files of a payload', () => {
  const files = (text: string): readonly (readonly [string, boolean])[] =>
    payloadFiles(text).map(({ path, isCertain }) => [path, isCertain]);

  it('are scripts that an interpreter runs', () => {
    expect(files('bash -x run.sh a.txt')).toEqual([['run.sh', true]]);
    expect(files('python3.11 -u -W ignore ./fit.py')).toEqual([['fit.py', true]]);
    expect(files('root -l -b -q plot.C')).toEqual([['plot.C', true]]);
    expect(files('set -e; . ./setup.sh')).toEqual([['setup.sh', true]]);
    expect(files('pchain reana run --name x -f reana.yaml')).toEqual([['reana.yaml', true]]);
  });

  it('are less certain after a program has run', () => {
    expect(files('bash a.sh; python b.py')).toEqual([
      ['a.sh', true],
      ['b.py', false],
    ]);
  });

  it('are none that were named before, or after a change of directory', () => {
    expect(files('echo 1 > a.sh; bash a.sh; cd x; bash b.sh')).toEqual([]);
  });

  it('are none that lie elsewhere, or that are put together', () => {
    expect(
      files('bash /a.sh; bash ../b.sh; bash ~/c.sh; bash $d.sh; bash %{e}.sh; bash -c f.sh; python -m g.h'),
    ).toEqual([]);
  });

  it('are not written by commands that only print', () => {
    expect(payloadCommands('echo a; cat b | sort > c').every(isHarmless)).toBe(true);
    expect(payloadCommands('make c').some(isHarmless)).toBe(false);
  });
});
