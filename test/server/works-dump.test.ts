import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadResult } from '../../src/base/read-text.ts';
import { readCwl } from '../../src/cwl/read.ts';
import { dumpWorks } from '../../src/server/panda/works-dump.ts';
import type { Value } from '../../src/workflow/model.ts';
import type { PlannedCondition } from '../../src/workflow/plan.ts';
import { resolve } from '../../src/workflow/resolve.ts';
import { planOf, stepOf } from '../rigs/engine.ts';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';

interface Recorded {
  readonly cwl_file: string;
  readonly cwl_text?: string;
  readonly outDS: string;
  readonly inputs: Readonly<Record<string, Value>> | null;
  readonly as_is: { readonly workflow_dump?: string };
  readonly repaired?: { readonly workflow_dump?: string };
}

describeWithShared('dumpWorks writes what the real server wrote', () => {
  it.each([
    'test',
    'cond',
    'gitlab',
    'reana',
    'sig_bg_comb',
    'merge_many',
    'extra_cond_and',
    'extra_cond_or_not',
    'extra_multi_source',
    'extra_no_out',
    'extra_reorder',
    'extra_two_outputs_names',
    'extra_wildcard_output',
  ])('for %s', (name) => {
    const recorded = sharedJson('resolved', `${name}.json`) as Recorded;
    const file = sharedPath('corpus', 'panda-cwl', recorded.cwl_file);
    const readText = (path: string): ReadResult => {
      if (path === file && recorded.cwl_text !== undefined) return { ok: true, text: recorded.cwl_text };
      return { ok: true, text: readFileSync(join(dirname(file), path.slice(dirname(file).length)), 'utf8') };
    };
    const findings = new Findings();
    const workflow = readCwl(file, readText, findings);
    if (workflow === undefined) throw new Error('no workflow');
    const plan = resolve(workflow, { outDS: recorded.outDS, inputs: recorded.inputs ?? {}, findings });
    expect(dumpWorks(plan)).toBe(recorded.as_is.workflow_dump);
  });
});

it('dumpWorks shows loops, their variables, and what ends them', () => {
  const inner = [stepOf('user.a', 1, 'inner'), { ...stepOf('user.a', 2, 'check', 'junction'), parents: [1] }];
  const plan = {
    ...planOf('user.a', 'start'),
    steps: [
      stepOf('user.a', 0, 'start'),
      {
        ...stepOf('user.a', 3, 'loop'),
        type: 'workflow' as const,
        loop: true,
        links: [{ parent: 0, kind: 'started' as const }],
        rootInputs: { dataset: "it's", param_x: 1, param_y: null },
        steps: inner,
      },
      {
        ...stepOf('user.a', 4, 'end'),
        links: [1, 2].map((parent) => ({ parent, kind: 'processed' as const })),
      },
    ],
  };
  expect(dumpWorks(plan)).toBe(`===== Workflow ID:None ====
  Works
    ID:0 Name:start Type:prun Class:ATLASPandaWork
    ID:3 Name:loop Type:workflow Class:Workflow
    ID:4 Name:end Type:prun Class:ATLASPandaWork

  Conditions
    Loop in ID:3 with terminator ID:2
    Default Link ID:0 is_started -> ID:3
    Default Link ID:3 is_processed -> ID:4


===== Workflow ID:3 ====
  Works
    ID:1 Name:inner Type:prun Class:ATLASPandaWork
    ID:2 Name:check Type:junction Class:ATLASLocalPandaWork

  Conditions
    Default Link ID:1 is_started -> ID:2

  Looping local variables
    {'x': 1, 'y': None}

  Workflow local variable
    {'dataset': "it's"}


`);
});

it('dumpWorks writes conditions within conditions', () => {
  const is = (parent: number): PlannedCondition => ({ operator: null, left: [parent], right: null });
  const condition: PlannedCondition = {
    operator: 'and',
    left: is(0),
    right: { operator: 'or', left: is(1), right: { operator: 'not', left: [2], right: null } },
  };
  const plan = {
    ...planOf('user.a', 'a', 'b', 'c'),
    steps: [{ ...stepOf('user.a', 3, 'd'), condition }],
  };
  expect(dumpWorks(plan)).toContain(`  Conditions
    Unary Ops AndCondition(ID:0 is_processed) -> ID:3
    Unary Ops AndCondition(ID:1 is_processed) -> ID:3
    Unary Ops AndCondition(ID:2 is_failed) -> ID:3
    Binary Ops AndCondition(ID:0 is_processed, OrCondition(ID:1 is_processed, ID:2 is_failed)) for ID:3
`);
});
