// Each mistake that the official client was recorded with, in a specification of our own, and the code that we give to it.
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReanaSurroundings } from '../../src/reanaspec/surroundings.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';
import { readerOf } from '../rigs/documents.ts';
import { sharedPath } from '../rigs/shared.ts';

const step = "{environment: 'busybox:1.36', commands: [echo hi]}";
const serial = (more = '', one = step): string =>
  `inputs: {parameters: {}}\nworkflow:\n  type: serial\n  specification: {steps: [${one}]}\n${more}`;
const withStep = (fields: string): string => serial('', step.replace('}', `, ${fields}}`));

/** By the name of the recording: the specification, and the codes that must be found; none where the client finds none. */
const mistakes: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'validate-additional-properties': [
    serial('foo: 1\n').replace('type: serial', 'type: serial\n  resources: {foo: 1}'),
    ['reana/unknown-field'],
  ],
  'validate-bad-memory': [withStep('kubernetes_memory_limit: 9Gb'), ['reana/bad-kubernetes-memory-limit']],
  'validate-bad-option': [
    serial().replace('inputs: {', 'inputs: {options: {FOO: x}, '),
    ['reana/unknown-option'],
  ],
  'validate-bad-retention': [serial('workspace: {retention_days: {"*.tmp": -1}}\n'), ['reana/bad-retention']],
  'validate-bad-root-path': [serial('workspace: {root_path: eos/x}\n'), ['reana/bad-workspace']],
  'validate-bad-type': [serial().replace('type: serial', 'type: nextflow'), ['reana/unknown-workflow-type']],
  'validate-dangerous': [
    serial('', step.replace('echo hi', 'sudo ls, cd / && ls')),
    ['reana/dangerous-command'],
  ],
  'validate-htcondor-runtime': [
    withStep('compute_backend: htcondorcern, htcondor_max_runtime: forever'),
    ['reana/bad-htcondor-max-runtime'],
  ],
  'validate-input-file-missing': [
    serial().replace('inputs: {', 'inputs: {files: [gone.txt], '),
    ['reana/missing-input'],
  ],
  'validate-missing-environment': [serial('', '{commands: [echo hi]}'), ['reana/missing-environment']],
  'validate-missing-workflow': ['inputs: {}\n', ['reana/missing-workflow']],
  'validate-unused-and-undefined-parameter': [
    serial('', step.replace('echo hi', "'echo ${undefined}'")).replace(
      'parameters: {}',
      'parameters: {unused: 1}',
    ),
    ['reana/undefined-parameter', 'reana/unused-parameter'],
  ],
  'validate-version-number': [serial('version: 0.3\n'), ['reana/wrong-type']],
  'validate-yadage-missing-file': [
    'inputs: {}\nworkflow: {type: yadage, file: workflow.yaml}\n',
    ['reana/missing-workflow-file'],
  ],
  'validate-serial': [serial(), []],
};

/** Recordings that are about something else than one mistake. */
const others: Readonly<Record<string, string>> = {
  'validate-cwl': 'a good analysis, checked among the real ones',
  'validate-snakemake': 'a good analysis, checked among the real ones',
  'validate-server-capabilities': 'it asks the server, which `validate` never does here',
};

const surroundings: ReanaSurroundings = { kindOf: () => 'missing' };

describe('the mistakes that the official client was recorded with', () => {
  it('are all here', () => {
    const folder = sharedPath('recordings/reana');
    if (!existsSync(folder)) return;
    const names = readdirSync(folder).flatMap((name) =>
      name.startsWith('validate-') ? [name.replace(/\.json$/, '')] : [],
    );
    expect([...Object.keys(mistakes), ...Object.keys(others)].sort()).toEqual(names.sort());
  });

  it.each(Object.entries(mistakes))('%s', (_name, [text, codes]) => {
    const findings = new Findings();
    readReanaSpec('reana.yaml', readerOf({ 'reana.yaml': text }), findings, surroundings);
    expect([...new Set(findings.sorted().map((finding) => finding.code))].sort()).toEqual([...codes].sort());
  });
});
