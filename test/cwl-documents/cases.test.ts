// Every document in cases/ with the findings it must give. Documents in `parts/` are only there for others.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { checkCwlDocument } from '../../src/cwl/documents/check.ts';
import { findingLine } from '../rigs/documents.ts';

const folder = join(import.meta.dirname, 'cases');
const cases = readdirSync(folder)
  .flatMap((group) => readdirSync(join(folder, group)).map((file) => join(folder, group, file)))
  .filter((file) => file.endsWith('.cwl'));

function readTextIn(base: string): ReadText {
  return (path) => {
    const full = join(base, path);
    if (!existsSync(full)) return { ok: false, reason: 'missing', detail: 'does not exist' };
    if (statSync(full).isDirectory()) return { ok: false, reason: 'directory', detail: 'is a directory' };
    return { ok: true, text: readFileSync(full, 'utf8') };
  };
}

function linesOf(file: string): readonly string[] {
  const base = join(file, '..');
  const readText = readTextIn(base);
  const findings = new Findings();
  checkCwlDocument(relative(base, file), readText, findings);
  return findings.sorted().map((finding) => {
    const help = finding.help === undefined ? '' : ` (help: ${finding.help})`;
    return findingLine(finding, readText) + help;
  });
}

describe('CWL documents', () => {
  it('are there', () => {
    expect(cases.length).toBeGreaterThan(80);
  });

  it.each(cases.map((file) => [relative(folder, file), file]))('%s', async (_name, file) => {
    const lines = linesOf(file);
    if (/-(?:are|is)-fine\.cwl$/.test(file)) expect(lines).toEqual([]);
    else expect(lines).not.toEqual([]);
    await expect(lines.map((line) => `${line}\n`).join('')).toMatchFileSnapshot(
      file.replace(/\.cwl$/, '.out'),
    );
  });
});
