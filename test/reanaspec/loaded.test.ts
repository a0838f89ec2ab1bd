// Specifications as the official client loads them, and sends them to servers of the 0.9 protocol.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { pythonJson } from '../../src/reanaspec/python-json.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';
import { readTextFile } from '../../src/source/text-file.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';

describeWithShared('real specifications', () => {
  const folder = sharedPath('resolved/reana/loaded');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  );

  it('are there', () => expect(names.length).toBeGreaterThan(40));

  it.each(names)('%s is what the official client sends', (name) => {
    const loaded = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Loaded;
    const file = sharedPath('corpus/reana', dirname(name), loaded.file);
    const spec = readReanaSpec(file, readTextFile, new Findings());
    expect(sorted(JSON.parse(pythonJson(spec?.document)))).toEqual(sorted(loaded.create_body));
  });
});

interface Loaded {
  /** Name of the specification. */
  readonly file: string;
  readonly create_body: unknown;
}

/** The rules of a Snakefile come in an order that changes from run to run, so they are sorted before they are compared. */
function sorted(document: unknown): unknown {
  const { workflow } = document as {
    workflow: { specification: { steps?: { name: string }[] } | null; type: string };
  };
  if (workflow.type === 'snakemake')
    workflow.specification?.steps?.sort((a, b) => (a.name < b.name ? -1 : 1));
  return document;
}
