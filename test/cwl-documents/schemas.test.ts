// The JSON Schemas are what the tables say, and a validator of schemas comes to the same verdict about forms.
import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { checkCwlDocument } from '../../src/cwl/documents/check.ts';
import { documentSchema } from '../../src/cwl/documents/grammar/json-schema.ts';
import { knownVersions } from '../../src/cwl/fields.ts';
import { entryOf, readTree, textOf, toValue } from '../../src/source/tree.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';

const root = join(import.meta.dirname, '../..');

describe('the JSON Schemas of CWL', () => {
  it.each(knownVersions)('%s is in schemas/ as the tables have it', async (version) => {
    const file = join(root, `schemas/cwl/${version}.schema.json`);
    const text = await format(JSON.stringify(documentSchema(version)), {
      ...(await resolveConfig(file)),
      filepath: file,
    });
    await expect(text).toMatchFileSnapshot(file);
  });

  it.each(knownVersions)('%s is a schema without loose ends', (version) => {
    const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false });
    expect(() => ajv.compile(documentSchema(version))).not.toThrow();
  });
});

const validators = new Map(
  knownVersions.map((version) => [version, new Ajv({ strict: false }).compile(documentSchema(version))]),
);

/** What the schema of its version says; `undefined` for documents that schemas cannot judge. */
function schemaVerdict(text: string): boolean | undefined {
  if (/\$(?:import|include|mixin)/.test(text)) return undefined;
  const tree = readTree('x', text, new Findings());
  const version = tree?.kind === 'map' ? textOf(entryOf(tree, 'cwlVersion')?.value) : undefined;
  const validate = validators.get(knownVersions.find((known) => known === version) ?? 'v1.2');
  return tree === undefined || version === undefined ? undefined : validate?.(toValue(tree));
}

/** Faults of form, in the document itself. */
function formFaults(file: string): readonly string[] {
  const findings = new Findings();
  const readText: ReadText = (path) => {
    try {
      return { ok: true, text: readFileSync(path, 'utf8') };
    } catch {
      return { ok: false, reason: 'missing', detail: '' };
    }
  };
  checkCwlDocument(file, readText, findings);
  const codes = ['unknown-field', 'missing-field', 'wrong-type', 'field-version', 'unknown-requirement'];
  return findings
    .sorted()
    .filter((finding) => finding.severity === 'error' && finding.span.file === file)
    .filter((finding) => codes.includes(finding.code.replace('cwl/', '')))
    .map((finding) => finding.message);
}

/** Forms that a schema does not tell apart: short types, names of streams, symbols, ids that repeat. */
const beyondSchemas = /`stdin`|`stdout`|`stderr`|symbol|no short form/;

describe('a validator of schemas and the check', () => {
  const folder = join(import.meta.dirname, 'cases');
  const files = readdirSync(folder)
    .flatMap((group) => readdirSync(join(folder, group)).map((file) => join(folder, group, file)))
    .filter((file) => file.endsWith('.cwl') && !/[/]panda[/]/.test(file));

  it.each(files.map((file) => [file.slice(folder.length + 1), file]))('agree on %s', (_name, file) => {
    const verdict = schemaVerdict(readFileSync(file, 'utf8'));
    if (verdict === undefined) return;
    const faults = formFaults(file).filter((message) => !beyondSchemas.test(message));
    if (verdict) expect(faults).toEqual([]);
    else expect(linesOfAny(file)).not.toEqual([]);
  });
});

function linesOfAny(file: string): readonly string[] {
  const findings = new Findings();
  checkCwlDocument(file, (path) => ({ ok: true, text: readFileSync(path, 'utf8') }), findings);
  return findings.sorted().map((finding) => finding.message);
}

describeWithShared('the official conformance documents', () => {
  it('fit the schemas, but for those that cwltool finds malformed', () => {
    const suite = sharedPath('corpus', 'cwl-v1.2');
    const verdicts = readFileSync(join(suite, 'verdicts.jsonl'), 'utf8').trim().split('\n');
    const wrong = verdicts.flatMap((line) => {
      const { file, category } = JSON.parse(line) as { file: string; category: string };
      const verdict = schemaVerdict(readFileSync(join(suite, file), 'utf8'));
      // Of a document that runs a malformed one, the form is good.
      const isGood = category !== 'schema' || file.endsWith('invalid-wf-v12.cwl');
      return verdict === undefined || verdict === isGood ? [] : [file];
    });
    expect(wrong).toEqual([]);
  });
});
