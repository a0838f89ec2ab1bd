// Real analyses, and what the official client and the real Yadage said of them.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { Findings } from '../../src/base/finding.ts';
import type { Finding } from '../../src/base/finding.ts';
import { readReanaSpec } from '../../src/reanaspec/read.ts';
import { readTextFile } from '../../src/source/text-file.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';

function check(file: string): readonly Finding[] {
  const findings = new Findings();
  readReanaSpec(file, readTextFile, findings);
  return findings.sorted();
}

/** Warnings of the official client that we do not repeat, and why. */
const silent: readonly { readonly warning: RegExp; readonly because: string }[] = [
  {
    warning: /Unexpected properties .*'kubernetes_uid'/,
    because:
      'the servers of 0.9 take `kubernetes_uid` in serial steps; only the schema of the client has forgotten it',
  },
  {
    warning: /Yadage parameter "(?:histfile|limit|nomsig|post|pre|workspace)" found on step/,
    because: 'it is a key of `publish`, which the client takes for the use of a parameter',
  },
];

/** What we say and the official client does not. */
const louder: readonly { readonly code: string; readonly because: string }[] = [
  { code: 'reana/image-without-tag', because: 'the client says it only with `--environments`' },
];

/** Our words for what the client says. */
const counterparts: readonly { readonly warning: RegExp; readonly code: string }[] = [
  { warning: /Unexpected properties .*'dask' \(at workflow\.resources\)/, code: 'reana/newer-field' },
  { warning: /REANA input parameter "output_file" does not seem to be used/, code: 'reana/unused-parameter' },
];

/** Framing lines that say nothing of their own. */
const framing =
  /The REANA specification appears valid, but|Please make sure that the REANA specification file/;

describeWithShared('real analyses', () => {
  const verdicts = readdirSync(sharedPath('resolved/reana/validate')).filter((name) => name.endsWith('.txt'));

  it('are there', () => expect(verdicts.length).toBeGreaterThan(40));

  it.each(verdicts)('%s: we say what the official client says, or have a reason', (name) => {
    const said = readFileSync(sharedPath('resolved/reana/validate', name), 'utf8');
    const [analysis = '', document = ''] = name.replace(/\.txt$/, '').split('__');
    const findings = check(sharedPath('corpus/reana', analysis, `${document}.yaml`));
    const hasErrors = findings.some((finding) => finding.severity === 'error');
    expect(hasErrors).toBe(!said.startsWith('exit_code: 0'));

    const warnings = [...said.matchAll(/-> WARNING: (.*)/g)]
      .map((match) => match[1] ?? '')
      .filter((line) => !framing.test(line));
    const codes = new Set(findings.map((finding) => finding.code));
    for (const { code } of louder) codes.delete(code);
    for (const warning of warnings) {
      if (silent.some((one) => one.warning.test(warning))) continue;
      const counterpart = counterparts.find((one) => one.warning.test(warning));
      expect(counterpart, warning).toBeDefined();
      expect([...codes], warning).toContain(counterpart?.code);
    }
    const expected = counterparts
      .filter((one) => warnings.some((line) => one.warning.test(line)))
      .map((one) => one.code);
    expect([...codes].sort()).toEqual([...new Set(expected)].sort());
  });
});

describeWithShared('tiny Yadage workflows', () => {
  const folder = sharedPath('resolved/reana/yadage-micro');
  const names = readdirSync(folder).sort();

  it('are there', () => expect(names.length).toBeGreaterThan(30));

  it.each(names)('%s: whether it can run is told as the real Yadage showed', (name) => {
    const answer = join(folder, name, 'expected.json');
    // Without an answer REANA did not come as far as Yadage.
    const real = existsSync(answer)
      ? (JSON.parse(readFileSync(answer, 'utf8')) as Run)
      : { error: 'not started' };
    const errors = check(join(folder, name, 'reana.yaml')).filter((finding) => finding.severity === 'error');
    const ran = real.error === undefined && real.stages_never_applied?.length === 0;
    expect(errors.map((finding) => finding.code)).toEqual(
      ran ? [] : expect.arrayContaining([expect.any(String)]),
    );
  });

  it('point at the place of the fault', () => {
    const places = names.flatMap((name) =>
      check(join(folder, name, 'reana.yaml'))
        .filter((finding) => finding.severity === 'error')
        .map(({ code, span }) => {
          const text = readFileSync(span.file, 'utf8').slice(span.start, span.end).split('\n')[0];
          return `${name}/${relative(join(folder, name), span.file)} ${code} [${text ?? ''}]`;
        }),
    );
    expect(places).toMatchInlineSnapshot(`
      [
        "cmd-workdir-fails/workflow.yml reana/workdir-in-process [{workdir}]",
        "empty-init/workflow.yml yadage/empty-init [init]",
        "missing-init-parameter/workflow.yml yadage/unknown-output [nosuch]",
        "ref-publisher-without-defaults-fails/pub.yml yadage/missing-default [publish]",
        "ref-publisher-without-defaults-fails/pub.yml yadage/missing-default [publish]",
        "ref-toplevel-file-relative-to-toplevel/reana.yaml reana/missing-workflow-file [workflow.yml]",
        "ref-toplevel-file-relative-to-toplevel/specs/workflow.yml yadage/missing-file [steps.yml#/one]",
        "step-on-many-fails/workflow.yml yadage/many-steps [map]",
        "unknown-dependency-stalls/workflow.yml yadage/unknown-stage [nosuch]",
        "value-braces/workflow.yml yadage/braces-in-value [{{]",
        "value-unknown-brace-fails/workflow.yml yadage/braces-in-value [{nope}]",
      ]
    `);
  });
});

interface Run {
  readonly error?: string;
  readonly stages_never_applied?: readonly string[];
}
