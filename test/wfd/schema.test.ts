// The JSON Schema of native workflows is what the table of fields says, and a validator of schemas comes to the same verdict about form.
import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import { readTree, toValue } from '../../src/source/tree.ts';
import { wfdSchema } from '../../src/wfd/json-schema.ts';
import { writeTemplate } from '../../src/wfd/templates/templates.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';

const root = join(import.meta.dirname, '../..');
const validate = new Ajv({ strict: true, strictRequired: false, strictTypes: false }).compile(wfdSchema());

function fits(text: string): boolean {
  const tree = readTree('x.yaml', text, new Findings());
  return tree !== undefined && validate(toValue(tree));
}

it('is in schemas/ as the table has it', async () => {
  const file = join(root, 'schemas/wfd.schema.json');
  const text = await format(JSON.stringify(wfdSchema()), { ...(await resolveConfig(file)), filepath: file });
  await expect(text).toMatchFileSnapshot(file);
});

it('takes what a template writes', () => {
  expect(fits(writeTemplate('multistep_merge', { inDS: 'user.a.b', prunFlags: {}, files: 900 }).text)).toBe(
    true,
  );
});

/** Faults of form, as the check calls them. */
const faultsOfForm =
  /error\[(?:wfd\/(?:wrong-type|unknown-type|missing-field|not-a-workflow|blank-section)|workflow\/wrong-type)\]|error\[wfd\/unknown-field\]/;

describe('a validator of schemas and the check', () => {
  const folder = join(root, 'test/cases');
  const files = readdirSync(folder)
    .filter((group) => group.startsWith('wfd-'))
    .flatMap((group) => readdirSync(join(folder, group)).map((name) => join(folder, group, name)))
    .filter((file) => file.endsWith('.wfd.yaml'));

  it.each(files.map((file) => [file.slice(folder.length + 1), file]))('agree on %s', (_name, file) => {
    const found = readFileSync(file.replace('.wfd.yaml', '.out'), 'utf8');
    expect(fits(readFileSync(file, 'utf8'))).toBe(!faultsOfForm.test(found));
  });
});

describeWithShared('the documented examples', () => {
  const folder = sharedPath('corpus', 'wfd');
  it('fit', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    expect(files.filter((name) => !fits(readFileSync(join(folder, name), 'utf8')))).toEqual([]);
    expect(files.length).toBeGreaterThan(2);
  });
});
