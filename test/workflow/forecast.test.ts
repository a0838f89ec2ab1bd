import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import { describe, expect, it } from 'vitest';
import { forecast, type Forecast } from '../../src/workflow/forecast.ts';
import { planCwl, readerOf } from '../rigs/documents.ts';

const schemaFile = join(import.meta.dirname, '../../schemas/forecast.schema.json');
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const validate = ajv.compile<Forecast>(JSON.parse(readFileSync(schemaFile, 'utf8')) as AnySchema);

const body = `cwlVersion: v1.2
class: Workflow
inputs: {dataset: string, param_mass: {type: int, default: 5}}
outputs: {outDS: {type: string, outputSource: fit/outDS}}
steps:
  fit:
    run: prun
    in:
      opt_inDS: dataset
      opt_exec: {default: "fit %{mass} %{i} %IN"}
      opt_args: {default: "--outputs fit.json,plot*.png"}
    out: [outDS]
  decide:
    run: junction
    in: {opt_inDS: fit/outDS, opt_exec: {default: "decide %{DS1}"}}
    out: []
`;

const main = `cwlVersion: v1.2
class: Workflow
inputs: {signals: "string[]"}
outputs: {outDS: {type: string, outputSource: limit/outDS}}
steps:
  scan:
    run: body.cwl
    scatter: [dataset]
    in: {dataset: signals}
    out: [outDS]
    hints: [loop]
  limit:
    run: reana
    in:
      opt_inDS: scan/outDS
      opt_exec: {default: "limit %{DS*}"}
      opt_args: {default: "--outputs limit.json"}
    out: [outDS]
  sorry:
    run: prun
    in:
      opt_inDS: limit/outDS
      opt_exec: {default: "echo 'no limit' > sorry.txt"}
      opt_args: {default: "--outputs sorry.txt"}
    out: [outDS]
    when: $(!self.opt_inDS)
`;

describe('forecast', () => {
  const { plan, lines } = planCwl('main.cwl', readerOf({ 'main.cwl': main, 'body.cwl': body }), {
    inputs: { signals: ['a/', 'b/'] },
    surroundings: { target: 'embedded' },
  });
  const told = JSON.parse(JSON.stringify(forecast(plan))) as Forecast;

  it('keeps to its published schema', () => {
    expect(lines).toEqual([]);
    expect(validate(told), ajv.errorsText(validate.errors)).toBe(true);
  });

  it('is refused by the schema when a field is lost', () => {
    const [first, ...others] = told.steps;
    const { link: _link, ...rest } = first ?? {};
    expect(validate({ ...told, steps: [rest, ...others] })).toBe(false);
  });

  it('tells ids, loops, scatter and links', () => {
    const told2 = told.steps.map(({ id, name, loop, scatter, scatter_index, link }) => ({
      id,
      name,
      loop,
      scatter,
      scatter_index,
      link,
    }));
    expect(told2).toEqual([
      { id: 2, name: 'scan', loop: true, scatter: ['dataset'], scatter_index: 0, link: null },
      { id: 5, name: 'scan', loop: true, scatter: ['dataset'], scatter_index: 1, link: null },
      { id: 6, name: 'limit', loop: false, scatter: null, scatter_index: null, link: 'processed' },
      { id: 7, name: 'sorry', loop: false, scatter: null, scatter_index: null, link: 'failed' },
    ]);
    expect(told.output_steps).toEqual([6]);
  });

  it('tells datasets with the mark of the iteration, and commands as one would type them', () => {
    const fit = told.steps[1]?.steps[0];
    expect(fit?.outputs).toEqual(['user.alice.blah_003_fit.___idds___num_run___']);
    expect(fit?.datasets).toEqual([
      'user.alice.blah_003_fit.___idds___num_run____fit.json/',
      'user.alice.blah_003_fit.___idds___num_run____plotXYZ.png.tgz/',
    ]);
    expect(fit?.command).toBe(
      "prun --outputs 'fit.json,plot*.png' --inDS b/ --notExpandInDS --notExpandSecDSs " +
        "--exec 'fit ___idds___user_mass___ ___idds___num_run___ %IN' " +
        '--outDS user.alice.blah_003_fit.___idds___num_run___',
    );
  });

  it('tells a condition in the form of the server, and what it keeps back', () => {
    expect(told.steps[3]?.condition).toEqual({ operator: 'not', left: [6], right: null });
    expect(told.steps[3]?.suppressed).toEqual(['opt_inDS']);
    expect(told.steps[3]?.input_datasets).toEqual([]);
  });
});
