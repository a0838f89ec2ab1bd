import { describe, expect, it } from 'vitest';
import { phpoOptions, prunOptions, type OptionTable } from '../../src/prun/options.ts';
import { describeWithShared, sharedJson } from '../rigs/shared.ts';

interface RecordedOption {
  flags: string[];
  dest: string;
  action: string;
  arity: string;
  type: string | null;
  default: unknown;
  choices: (string | number)[] | null;
  hidden: boolean;
  const?: boolean;
}

describe.each([prunOptions, phpoOptions])('the table of $program', (table: OptionTable) => {
  it('finds every option by each of its flags and by its destination', () => {
    for (const option of table.options) {
      expect(option.flags.map((flag) => table.byFlag.get(flag))).toEqual(option.flags.map(() => option));
      expect(table.byDest.get(option.dest)).toBe(option);
    }
  });

  it('has no option that was removed', () => {
    expect([...table.removed].filter((name) => table.byFlag.has(name))).toEqual([]);
  });
});

describeWithShared('the tables of panda-client 2.0.2', () => {
  it.each([prunOptions, phpoOptions])('are those of $program', (table: OptionTable) => {
    const facts = sharedJson('facts', 'options', `${table.program}-options.json`) as {
      options: RecordedOption[];
      removed_options?: string[];
    };
    const recorded = facts.options.map((option) => ({
      flags: [...new Set(option.flags)],
      dest: option.dest,
      arity: option.arity === 'flag' ? 'flag' : 'one',
      valueType: option.type === 'int' ? 'int' : 'str',
      choices: option.choices ?? undefined,
      repeated: option.action === 'append',
      hidden: option.hidden,
      const: option.arity === 'flag' ? (option.const ?? true) : undefined,
      // The help flags have no value of their own.
      default: option.action === 'help_brief' ? false : option.default,
    }));
    const own = table.options.map(({ group: _group, ...option }) => option);
    const byDest = (a: { dest: string }, b: { dest: string }) => (a.dest < b.dest ? -1 : 1);
    expect([...own].sort(byDest)).toEqual([...recorded].sort(byDest));
    expect([...table.removed]).toEqual(facts.removed_options ?? []);
  });
});
