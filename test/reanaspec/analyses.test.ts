// Whole analyses, made to be difficult: each with the findings it must give.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { diskSurroundings } from '../../src/commands/check/reana-surroundings.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';
import { readTextFile } from '../../src/source/text-file.ts';
import { findingLine } from '../rigs/documents.ts';

const folder = join(import.meta.dirname, 'analyses');
const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'reana.yaml')));

describe('difficult analyses', () => {
  it.each(names)('%s', async (name) => {
    const directory = join(folder, name);
    const readText: ReadText = (path) => readTextFile(join(directory, path));
    const findings = new Findings();
    // Their inputs are not there, and not what they are about.
    readReanaSpec('reana.yaml', readText, findings, { checkCwl: diskSurroundings(directory).checkCwl });
    const lines = findings
      .sorted()
      .map(
        (finding) =>
          findingLine(finding, readText) + (finding.help === undefined ? '' : ` (help: ${finding.help})`),
      );
    if (name.endsWith('-is-fine')) expect(lines).toEqual([]);
    else expect(lines).not.toEqual([]);
    await expect(lines.map((line) => `${line}\n`).join('')).toMatchFileSnapshot(
      join(directory, 'findings.out'),
    );
  });
});
