import { describe, expect, it } from 'vitest';
import { checkContainerName, checkOutDS, longestOutDS, stepDatasetBase } from '../../src/prun/names.ts';

describe('the name of an outDS', () => {
  it.each([
    ['user.alice.scan7', { nickname: 'alice' }, []],
    ['user.alice.a+b~c!d,e', { nickname: 'alice' }, []],
    ['user.anybody.scan', {}, []],
    ['', {}, ['`outDS` is empty']],
    ['user.bob.x', { nickname: 'alice' }, ['`outDS` starts with `user.alice.`, not `user.bob.x`']],
    ['user.alice.', { nickname: 'alice' }, ['`outDS` starts with `user.alice.`, not `user.alice.`']],
    ['user.axb.x', { nickname: 'a.b' }, ['`outDS` starts with `user.a.b.`, not `user.axb.x`']],
    ['scan', {}, ['`outDS` is `user.<nickname>.<name>`, not `scan`']],
    [
      'user.alice.a@b@*',
      {},
      [
        '`outDS` contains `@`, which no dataset name may have',
        '`outDS` contains `*`, which no dataset name may have',
      ],
    ],
    ['user.alice.a b', {}, ['`outDS` contains a blank or a control character']],
    [
      'user.alice.a/',
      {},
      ['`outDS` ends with `/`, which would stand in the middle of the names of its steps'],
    ],
    ['group.phys-higgs.x', { official: true }, []],
    ['group12.phys-higgs.x', { official: true, productionGroups: ['phys-higgs'] }, []],
    [
      'user.alice.x',
      { official: true },
      ['an official `outDS` is `group.<group>.<name>`, not `user.alice.x`'],
    ],
    [
      'group.other.x',
      { official: true, productionGroups: ['a', 'b'] },
      ['an official `outDS` starts with `group.a.` or `group.b.`'],
    ],
    [
      'group.a.x',
      { official: true, productionGroups: [] },
      ['an official `outDS` needs the production role of a group'],
    ],
  ])('%j with %j', (name, rules, messages) => expect(checkOutDS(name, rules)).toEqual(messages));

  it('may have 127 characters, so that its log is a container name, and no more', () => {
    const name = 'user.alice.'.padEnd(127, 'x');
    expect(longestOutDS).toBe(127);
    expect(checkOutDS(name)).toEqual([]);
    expect(checkOutDS(`${name}x`)).toEqual(['`outDS` has 128 characters, at most 127 are allowed']);
    expect(checkContainerName(`${name}.log/`)).toEqual([]);
    expect(checkContainerName(`${name}x.log/`)).toEqual([
      `the dataset \`${name}x.log/\` has 133 characters, at most 132 are allowed`,
    ]);
  });
});

describe('the base of a step', () => {
  it('counts with three digits at least and marks iterations', () => {
    expect(stepDatasetBase('user.a.x', 7, 'top', false)).toBe('user.a.x_007_top');
    expect(stepDatasetBase('user.a.x', 1234, 'top', true)).toBe('user.a.x_1234_top.___idds___num_run___');
  });
});
