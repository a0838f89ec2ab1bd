// Small Yadage workflows with the findings they must give, and what the real Yadage (0.20.1, with the publishers and processes of
// packtivity 0.14.24) did with each of them. `verdicts.json` holds its answers: `runs`, `never runs: stages`, `fails: why`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';
import { findingLine, readerOf } from '../rigs/documents.ts';

const folder = join(import.meta.dirname, 'yadage-cases');
const names = readdirSync(folder).flatMap((file) =>
  file.endsWith('.yml') ? [file.replace(/\.yml$/, '')] : [],
);
const verdicts = JSON.parse(readFileSync(join(folder, 'verdicts.json'), 'utf8')) as Readonly<
  Record<string, string>
>;

/** Where we say error and Yadage goes on, or the reverse, and why. */
const differences: Readonly<Record<string, string>> = {
  'cases-none-holds': 'whether a condition holds is known only to jq',
  'image-empty': 'what is in an image shows when REANA starts the job',
  'image-with-two-tags': 'what is in an image shows when REANA starts the job',
  'link-to-nested-workflow': 'the step gets `None`, which nobody can have meant',
  'links-to-nested-workflow': 'the step gets a list with `None`, which nobody can have meant',
  'links-to-no-stage': 'the step gets an empty list, and nobody is told of the misspelt name',
  'scatter-empty': 'the list may be meant to be empty, so this is a warning',
  'scatter-method': 'the stage has no steps at all, and nobody is told',
};

function check(name: string) {
  const braces = name.startsWith('input-') ? ", sel: '{pt} > 5'" : '';
  const readText = readerOf({
    'reana.yaml': `inputs:\n  parameters: {v: hi${braces}}\nworkflow:\n  type: yadage\n  file: workflow.yml\n`,
    'workflow.yml': readFileSync(join(folder, `${name}.yml`), 'utf8'),
  });
  const findings = new Findings();
  readReanaSpec('reana.yaml', readText, findings);
  // Most of these workflows leave alone what they are not about.
  const about = findings.sorted().filter(({ code }) => !/\/unused-parameter$/.test(code));
  const lines = about.map(
    (finding) =>
      findingLine(finding, readText) + (finding.help === undefined ? '' : ` (help: ${finding.help})`),
  );
  return { lines, hasErrors: findings.hasErrors };
}

describe('small Yadage workflows', () => {
  it('call no input unused while a stage could not be read', () => {
    const findings = new Findings();
    const readText = readerOf({
      'reana.yaml': 'inputs:\n  parameters: {v: hi}\nworkflow:\n  type: yadage\n  file: workflow.yml\n',
      'workflow.yml': readFileSync(join(folder, 'no-stage-readable.yml'), 'utf8'),
    });
    readReanaSpec('reana.yaml', readText, findings);
    const codes = findings.sorted().map(({ code }) => code);
    expect(codes).toContain('yadage/missing-field');
    expect(codes).not.toContain('reana/unused-parameter');
  });

  it('are there, each with a verdict', () => {
    expect(names.length).toBeGreaterThan(60);
    expect(Object.keys(verdicts).sort()).toEqual([...names].sort());
  });

  it.each(names)('%s', async (name) => {
    const { lines, hasErrors } = check(name);
    if (name.endsWith('-is-fine')) expect(lines).toEqual([]);
    await expect(lines.map((line) => `${line}\n`).join('')).toMatchFileSnapshot(join(folder, `${name}.out`));
    if (differences[name] === undefined) expect(hasErrors, verdicts[name]).toBe(verdicts[name] !== 'runs');
    else expect(hasErrors, differences[name]).toBe(verdicts[name] === 'runs');
  });
});
