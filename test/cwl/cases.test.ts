// Every CWL document in test/cases with the findings it must give. Documents in `parts/` are only there for others.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { readCwl } from '../../src/cwl/read.ts';
import { readInputs } from '../../src/cwl/inputs.ts';
import { resolve } from '../../src/workflow/resolve.ts';
import { checkGivenInputs } from '../../src/workflow/rules/given-inputs.ts';
import { findingLine } from '../rigs/documents.ts';

const folder = join(import.meta.dirname, '../cases');
const cases = readdirSync(folder)
  .flatMap((group) => readdirSync(join(folder, group)).map((file) => join(folder, group, file)))
  .filter((file) => file.endsWith('.cwl'));

describe('cases', () => {
  it('are there', () => {
    expect(cases.length).toBeGreaterThan(50);
  });

  it.each(cases.map((file) => [relative(folder, file), file]))('%s', async (_name, file) => {
    const lines = findingsOf(file);
    if (/-(?:are|is)-fine\.cwl$/.test(file)) expect(lines).toEqual([]);
    await expect(lines.map((line) => `${line}\n`).join('')).toMatchFileSnapshot(
      file.replace(/\.cwl$/, '.out'),
    );
  });
});

function findingsOf(file: string): readonly string[] {
  const base = join(file, '..');
  const readText: ReadText = (path) => {
    const full = join(base, path);
    if (!existsSync(full)) return { ok: false, reason: 'missing', detail: 'does not exist' };
    return { ok: true, text: readFileSync(full, 'utf8') };
  };
  const findings = new Findings();
  const name = relative(base, file);
  const inputsName = name.replace(/\.cwl$/, '.yaml');
  const given = existsSync(join(base, inputsName)) ? readInputs(inputsName, readText, findings) : undefined;
  const workflow = readCwl(name, readText, findings);
  if (workflow !== undefined) {
    if (given !== undefined) checkGivenInputs(workflow, given, findings);
    resolve(workflow, { outDS: 'user.alice.blah', inputs: given?.values ?? {}, findings });
  }
  return findings.sorted().map((finding) => {
    const help = finding.help === undefined ? '' : ` (help: ${finding.help})`;
    return findingLine(finding, readText) + help;
  });
}
