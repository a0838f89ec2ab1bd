// The rules against documents that real users have, and against documents that nobody would write.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadText } from '../../src/base/read-text.ts';
import { planCwl, readerOf } from '../rigs/documents.ts';
import { describeWithShared, sharedJson, sharedPath } from '../rigs/shared.ts';

function corpusReader(): ReadText {
  return (path) => {
    const file = sharedPath('corpus', 'panda-cwl', path);
    if (!existsSync(file)) return { ok: false, reason: 'missing', detail: 'does not exist' };
    return { ok: true, text: readFileSync(file, 'utf8') };
  };
}

describeWithShared('documented examples', () => {
  const junction =
    'loop_body.cwl:45:7: warning[panda/junction-input] a PanDA server with panda-client 2.0.2 refuses a junction that has ' +
    '`opt_inDS`: it adds `--forceStagedSecondary`, which that `prun` does not know';
  const key =
    'loop_body.cwl:49:53: warning[workflow/unknown-loop-parameter] `x` in `results.json` is no parameter of the loop, so it changes nothing';
  // Everything that the server's answers name, and nothing else. A document that is not here has no fault.
  const faults: Readonly<Record<string, readonly string[]>> = {
    'hpo.cwl': [
      'hpo.cwl:29:5: error[cwl/field-version] `when` came with CWL v1.2; this document says v1.0',
      'hpo.cwl:34:17: error[workflow/unknown-type] which files `main_hpo` makes is not known: a `phpo` step has no `--outputs`',
      'hpo.cwl:40:5: error[cwl/field-version] `when` came with CWL v1.2; this document says v1.0',
    ],
    'loop.cwl': [junction, key],
    // As a part of nothing, its results are nobody's.
    'loop_body.cwl': [junction],
  };
  const names = readdirSync(sharedPath('corpus', 'panda-cwl')).filter((name) => name !== 'prun.cwl');

  it.each(names)('%s has the faults that the server stumbles over, and no others', (name) => {
    expect(planCwl(name, corpusReader(), { missingInputs: 'assume' }).lines).toEqual(faults[name] ?? []);
  });

  it('those that the server refused as they are have a finding each', () => {
    const summary = sharedJson('resolved', '_summary.json') as Readonly<Record<string, { as_is: string }>>;
    const refused = Object.keys(summary).filter((name) => summary[name]?.as_is !== 'ok');
    const documented = refused.map((name) => `${name}.cwl`).filter((name) => names.includes(name));
    expect(documented.length).toBeGreaterThan(2);
    expect(documented.filter((name) => faults[name] === undefined)).toEqual([]);
  });

  it('have no other faults with values for their inputs', () => {
    const inputs = { signals: ['mc.a/', 'mc.b/'], backgrounds: ['mc.c/', 'mc.d/'] };
    expect(planCwl('merge_many.cwl', corpusReader(), { inputs }).lines).toEqual([]);
    expect(
      planCwl('sig_bg_comb.cwl', corpusReader(), { inputs: { signal: 'a/', background: 'b/' } }).lines,
    ).toEqual([]);
  });
});

describe('rules on hostile texts', () => {
  const pieces = [
    ...[
      '%IN',
      '%IN2',
      '%{DS1}',
      '%{DS0}',
      '%{SECDS*}',
      '%{i}',
      '%{',
      '}',
      '$(',
      '`',
      '"',
      "'",
      '\\',
      '\n',
      ' ',
      '|',
      '>',
      '<<',
    ],
    ...[
      'results.json',
      'echo',
      '{"a": 1}',
      'bash x.sh',
      '--outputs',
      '--secondaryDSs',
      ':',
      ',',
      '=',
      'é',
      '\u{1f600}',
      '\ud800',
    ],
    ...['--nJobs', '-', '--', 'if', ';;', '&&', '(', ')', '[', 'docker://', '@', '/', '..'],
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''));

  it('never fail, and point into the document', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('prun', 'junction', 'reana', 'phpo'),
        text,
        text,
        text,
        (type, exec, args, image) => {
          const inputs =
            type === 'phpo'
              ? { opt_args: { default: args } }
              : {
                  opt_exec: { default: exec },
                  opt_args: { default: args },
                  opt_containerImage: { default: image },
                };
          const body = {
            cwlVersion: 'v1.2',
            class: 'Workflow',
            inputs: { param_x: { type: 'int', default: 1 } },
            outputs: {},
            steps: {
              a: { run: type, in: inputs, out: ['outDS'] },
              b: { run: 'junction', in: { opt_exec: { default: exec } }, out: [] },
            },
          };
          const main = {
            cwlVersion: 'v1.2',
            class: 'Workflow',
            inputs: {},
            outputs: {},
            steps: { again: { run: 'body.cwl', in: {}, out: ['outDS'], hints: ['loop'] } },
          };
          const texts = { 'main.cwl': JSON.stringify(main), 'body.cwl': JSON.stringify(body) };
          const { findings } = planCwl('main.cwl', readerOf(texts), {
            surroundings: { sandbox: () => 'missing', sandboxText: () => exec, knownSecrets: new Set() },
          });
          for (const { span } of findings.sorted()) {
            const length = texts[span.file as keyof typeof texts].length;
            expect(span.start).toBeGreaterThanOrEqual(0);
            expect(span.end).toBeGreaterThanOrEqual(span.start);
            expect(span.end).toBeLessThanOrEqual(length);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('take long texts in their stride', () => {
    const long = '%IN '.repeat(20_000) + '`$('.repeat(5_000) + "'";
    const document = {
      cwlVersion: 'v1.2',
      class: 'Workflow',
      inputs: {},
      outputs: {},
      steps: {
        a: {
          run: 'prun',
          in: { opt_exec: { default: long }, opt_args: { default: `--outputs ${'a,'.repeat(20_000)}` } },
          out: [],
        },
      },
    };
    const started = performance.now();
    planCwl('main.cwl', readerOf({ 'main.cwl': JSON.stringify(document) }));
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
