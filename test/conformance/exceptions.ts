// Where the verdict on an official conformance document differs from cwltool's, and why.

export interface Exception {
  /** Below the folder of the suite. */
  readonly file: string;
  /** Our verdict; cwltool's is the other one. */
  readonly ours: 'valid' | 'invalid';
  /** The code of the only errors that are found, when it is invalid here. */
  readonly error?: string;
  readonly reason: string;
}

export const exceptions: readonly Exception[] = [
  {
    file: 'tests/fail-unspecified-input.cwl',
    ours: 'invalid',
    error: 'cwl/unknown-input',
    reason:
      'An argument is `$(inputs.in2)`, and there is no such input. cwltool evaluates it only when it runs; the suite demands that this fails.',
  },
  {
    file: 'tests/fail-unconnected.cwl',
    ours: 'invalid',
    error: 'cwl/unknown-input',
    reason:
      'A step runs fail-unspecified-input.cwl; the suite demands that this fails, too (wf_step_access_undeclared_param).',
  },
  {
    file: 'tests/params_broken_null.cwl',
    ours: 'invalid',
    error: 'cwl/bad-expression',
    reason:
      'It evaluates `$(null.something)`. cwltool notices only when it runs; the suite demands that this fails (params_broken_null).',
  },
  {
    file: 'tests/template-tool.cwl',
    ours: 'invalid',
    error: 'cwl/missing-file',
    reason:
      'It includes underscore.js, which is not among the documents that lie beside the verdicts; cwltool had the file.',
  },
];
