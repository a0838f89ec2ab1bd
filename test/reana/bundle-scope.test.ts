// Which files of an analysis go into its bundle, as `reana-client` 0.95.0a6 (reana-commons 0.95.0a26) chose or refused them:
// `bundle-scopes.json` holds its answers.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalError } from '../../src/base/errors.ts';
import { bundleScope } from '../../src/reana/bundle-scope.ts';
import { prepareOffload } from '../../src/reana/offload/prepare.ts';

interface Analysis {
  /** Name of its reana.yaml. */
  readonly specification: string;
  /** Contents by path; a path that ends in `/` is an empty directory. */
  readonly files: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Of the bundle, or the words of the refusal. */
  readonly members?: readonly string[];
  readonly refused?: string;
}

const analyses = JSON.parse(
  readFileSync(join(import.meta.dirname, 'bundle-scopes.json'), 'utf8'),
) as Readonly<Record<string, Analysis>>;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-bundle-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What is in the bundle besides the specification; the words of a finding or an error instead. */
async function scopeOf(analysis: Analysis): Promise<readonly string[] | string> {
  for (const [path, content] of Object.entries(analysis.files)) {
    const at = join(directory, path);
    mkdirSync(path.endsWith('/') ? at : dirname(at), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(at, content);
  }
  for (const [path, target] of Object.entries(analysis.links ?? {}))
    symlinkSync(target, join(directory, path));
  const none = new Map<string, string>();
  const specFile = join(directory, analysis.specification);
  const given = { specFile, set: none, parameters: none, options: none, outputs: undefined };
  const { prepared, findings } = await prepareOffload(given);
  if (prepared === undefined) return findings.find(({ severity }) => severity === 'error')?.message ?? '';
  try {
    return bundleScope(prepared.spec)
      .map(({ name }) => name)
      .sort();
  } catch (thrown) {
    if (thrown instanceof LocalError) return thrown.message;
    throw thrown;
  }
}

describe('the bundle of an analysis', () => {
  it.each(Object.entries(analyses))('%s', async (_name, analysis) => {
    const scope = await scopeOf(analysis);
    if (analysis.members === undefined) {
      expect(scope).toEqual(expect.any(String));
      // It says which path, or which field, is meant.
      const meant = /(?:: |in |declare )(\S+?)\.?$/.exec(analysis.refused ?? '')?.[1] ?? '';
      expect(scope).toContain(meant === 'both' ? 'twice' : meant);
    } else expect(scope).toEqual(analysis.members.filter((name) => name !== 'reana.yaml').sort());
  });

  // Unlike the official client: what is left out when inputs are uploaded must not travel in a bundle either.
  it('leaves out of inputs what the ignore files name, and links', async () => {
    const specification =
      'inputs: {directories: [specs]}\nworkflow: {type: yadage, file: specs/wf.yml}\noutputs: {files: [a]}\n';
    const files = {
      'reana.yaml': specification,
      'specs/wf.yml': 'stages: []\n',
      'specs/notes.log': '',
      '.gitignore': '*.log\n',
    };
    const links = { 'specs/link.yml': 'wf.yml' };
    expect(await scopeOf({ specification: 'reana.yaml', files, links })).toEqual(['specs/wf.yml']);
  });
});
