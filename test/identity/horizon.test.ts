import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { endsMs } from '../../src/identity/credential.ts';
import { loopsOf, outlived, secretNeeds, usualLoopMs, type Reach } from '../../src/identity/horizon.ts';
import { secretEndMs } from '../../src/identity/secret-end.ts';
import { planCwl, readerOf } from '../rigs/documents.ts';

const nowMs = Date.UTC(2026, 10, 25);
const hours = 3_600_000;

const reach = (more: Partial<Reach>): Reach => ({
  name: 'grid certificate',
  from: '/tmp/x509up_u1',
  endsMs: nowMs + 2 * hours,
  neededBy: ['submission'],
  loops: [],
  ...more,
});

describe('who would outlive what', () => {
  it('is a loop that needs what ends sooner than a loop usually lasts', () => {
    expect(outlived([reach({ loops: ['optimise'] })], nowMs, undefined)).toMatchObject([
      { endsMs: nowMs + 2 * hours, loop: 'optimise' },
    ]);
    expect(outlived([reach({ loops: ['optimise'], endsMs: nowMs + usualLoopMs })], nowMs, undefined)).toEqual(
      [],
    );
  });

  it('is nobody where nothing is known to end, or nothing is a loop', () => {
    expect(outlived([reach({ endsMs: undefined, loops: ['a'] }), reach({})], nowMs, undefined)).toEqual([]);
  });

  it('is what the user says lasts longer', () => {
    expect(outlived([reach({ loops: ['a'] })], nowMs, 1 * hours)).toEqual([]);
    expect(outlived([reach({ neededBy: ['train'] })], nowMs, 3 * hours)).toMatchObject([{ loop: undefined }]);
  });

  it('counts what renews itself by the end of its renewals', () => {
    expect(endsMs({ expiresMs: 1, renewableUntilMs: Infinity })).toBeUndefined();
    expect(endsMs({ expiresMs: 1, renewableUntilMs: 5 })).toBe(5);
    expect(endsMs({ expiresMs: 1, renewableUntilMs: undefined })).toBe(1);
  });
});

describe('the secrets that steps need', () => {
  const workflow = `cwlVersion: v1.2
class: Workflow
requirements: {SubworkflowFeatureRequirement: {}}
inputs: []
outputs: {outDS: {type: string, outputSource: optimise/outDS}}
steps:
  plain:
    run: prun
    in: {opt_exec: {default: "echo > x.txt"}, opt_args: {default: "--outputs x.txt"}}
    out: [outDS]
  guarded:
    run: prun
    in: {opt_exec: {default: "echo > x.txt"}, opt_args: {default: "--outputs x.txt --useSecrets"}}
    out: [outDS]
  optimise:
    run: body.cwl
    in: {}
    out: [outDS]
    hints: [loop]
`;
  const body = `cwlVersion: v1.2
class: Workflow
inputs: []
outputs: {outDS: {type: string, outputSource: decide/outDS}}
steps:
  fit:
    run: reana
    in:
      opt_exec: {default: "pchain reana run -f r.yaml --secret VOMSPROXY keys/usercert.pem --output output_from_reana.tar; echo --secret"}
      opt_args: {default: "--outputs output_from_reana.tar"}
    out: [outDS]
  decide:
    run: junction
    in:
      opt_inDS: fit/outDS
      opt_exec: {default: "python decide.py"}
      opt_args: {default: "--outputs results.json"}
    out: [outDS]
`;
  const { plan } = planCwl('w.cwl', readerOf({ 'w.cwl': workflow, 'body.cwl': body }));

  it('are those that an offload names, and all of them for `--useSecrets`, with the loops around', () => {
    expect(secretNeeds(plan)).toEqual([
      { secret: undefined, step: 'guarded', loops: [] },
      { secret: 'REANA_ACCESS_TOKEN', step: 'optimise/fit', loops: ['optimise'] },
      { secret: 'VOMSPROXY', step: 'optimise/fit', loops: ['optimise'] },
      { secret: 'usercert.pem', step: 'optimise/fit', loops: ['optimise'] },
    ]);
    expect(loopsOf(plan)).toEqual(['optimise']);
  });
});

describe('the end of a secret', () => {
  const proxy = readFileSync(join(import.meta.dirname, 'certificates/voms-proxy.pem'));
  const end = Date.parse('2026-11-27T22:45:04Z');

  it('is that of the certificates in it, as a value and as a file', () => {
    expect(secretEndMs(new Secret(proxy.toString('utf8')), 'value')).toBe(end);
    expect(secretEndMs(new Secret(proxy.toString('base64')), 'file')).toBe(end);
  });

  it('is what a token says', () => {
    const token = ['{}', '{"exp": 1800000000}', 'x'].map((part) => Buffer.from(part).toString('base64url'));
    expect(secretEndMs(new Secret(token.join('.')), 'value')).toBe(1_800_000_000_000);
  });

  it('is not known of anything else, sound or not', () => {
    expect(secretEndMs(new Secret('a password'), 'value')).toBeUndefined();
    const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    expect(secretEndMs(new Secret(damaged), 'value')).toBeUndefined();
    expect(secretEndMs(new Secret(Buffer.from([0, 1, 2]).toString('base64')), 'file')).toBeUndefined();
  });
});
