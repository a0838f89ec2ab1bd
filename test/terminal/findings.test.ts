import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/base/finding.ts';
import type { ReadText } from '../../src/base/read-text.ts';
import { countFindings, renderFindings } from '../../src/terminal/findings.ts';
import type { FindingFormat } from '../../src/terminal/findings.ts';
import { view } from './view.ts';

const analysis = `${'# head\n'.repeat(6)}  align:\n    run: tools/align.cwl\n    scater: reads\n    when: a\n`;
const at = (words: string): { file: string; start: number; end: number } => {
  const start = analysis.indexOf(words);
  return { file: 'analysis.cwl', start, end: start + words.length };
};
const readText: ReadText = (path) =>
  path === 'analysis.cwl'
    ? { ok: true, text: analysis }
    : { ok: false, reason: 'missing', detail: 'not there' };

const misspelt: Finding = {
  code: 'cwl/unknown-field',
  severity: 'error',
  message: 'unknown field `scater` in a workflow step',
  span: at('scater'),
  help: 'did you mean `scatter`?',
  fix: { span: at('scater'), text: 'scatter' },
};
const unused: Finding = {
  code: 'workflow/unused-input',
  severity: 'warning',
  message: 'nothing uses `a`, 100%',
  span: at('when: a'),
  related: [{ span: at('align'), message: 'in this step' }],
};
const elsewhere: Finding = {
  code: 'inputs/missing',
  severity: 'error',
  message: 'no value for `x`',
  span: { file: 'in puts,1.yaml', start: 0, end: 0 },
};

function rendered(format: FindingFormat, findings: readonly Finding[], color = false): string {
  return renderFindings(findings, {
    format,
    readText,
    view: view({ color }),
    filesChecked: 3,
    version: '1.2.3',
  });
}

describe('findings in full', () => {
  test('show the place, the carets and what to do', () => {
    expect(rendered('full', [misspelt])).toBe(
      [
        'error[cwl/unknown-field]: unknown field `scater` in a workflow step',
        '  --> analysis.cwl:9:5',
        '   |',
        ' 8 |     run: tools/align.cwl',
        ' 9 |     scater: reads',
        '   |     ^^^^^^',
        '   |',
        'help: did you mean `scatter`?',
        '',
        '1 error in 1 file',
        '',
      ].join('\n'),
    );
  });

  test('show related places, in the order of the file, and count at the end', () => {
    expect(rendered('full', [elsewhere, unused, misspelt, misspelt])).toBe(
      [
        'error[cwl/unknown-field]: unknown field `scater` in a workflow step',
        '  --> analysis.cwl:9:5',
        '   |',
        ' 8 |     run: tools/align.cwl',
        ' 9 |     scater: reads',
        '   |     ^^^^^^',
        '   |',
        'help: did you mean `scatter`?',
        '',
        'warning[workflow/unused-input]: nothing uses `a`, 100%',
        '   --> analysis.cwl:10:5',
        '    |',
        '  9 |     scater: reads',
        ' 10 |     when: a',
        '    |     ^^^^^^^',
        '    |',
        '   ::: analysis.cwl:7:3',
        '    |',
        '  7 |   align:',
        '    |   ----- in this step',
        '',
        'error[inputs/missing]: no value for `x`',
        '  --> in puts,1.yaml',
        '',
        '2 errors and 1 warning in 2 files',
        '',
      ].join('\n'),
    );
  });

  test('say one line when all is well', () => {
    expect(rendered('full', [])).toBe('no findings in 3 files\n');
    expect(countFindings([], 1)).toBe('no findings in 1 file');
    expect(countFindings([unused], 1)).toBe('1 warning in 1 file');
  });

  test('in colour say the same', () => {
    const colored = rendered('full', [misspelt, unused], true);
    expect(colored).toContain('\u001b[31merror[cwl/unknown-field]\u001b[39m: \u001b[1munknown field');
    expect(colored).toContain('\u001b[31m    ^^^^^^\u001b[39m');
    expect(colored).toContain('\u001b[33m    ^^^^^^^\u001b[39m');
    // eslint-disable-next-line no-control-regex -- colours are control characters
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(rendered('full', [misspelt, unused]));
  });

  test('cannot act on the terminal through quoted text', () => {
    const hostile = { ...misspelt, message: 'unknown field `a\u001b[2J\nb`', help: 'no\u0007' };
    expect(rendered('full', [hostile]).split('\n')[0]).toBe('error[cwl/unknown-field]: unknown field `a b`');
    expect(rendered('full', [hostile])).toContain('\nhelp: no\n');
  });
});

test('short findings are one line each, and nothing when there are none', () => {
  expect(rendered('short', [unused, misspelt, elsewhere])).toBe(
    [
      'analysis.cwl:9:5: error[cwl/unknown-field] unknown field `scater` in a workflow step',
      'analysis.cwl:10:5: warning[workflow/unused-input] nothing uses `a`, 100%',
      'in puts,1.yaml: error[inputs/missing] no value for `x`',
      '',
    ].join('\n'),
  );
  expect(rendered('short', [])).toBe('');
});

test('annotations of GitHub escape what has a meaning there', () => {
  expect(rendered('github', [unused, misspelt, elsewhere])).toBe(
    [
      '::error file=analysis.cwl,line=9,endLine=9,col=5,endColumn=11,title=cwl/unknown-field::unknown field `scater` in a workflow step%0Ahelp: did you mean `scatter`?',
      '::warning file=analysis.cwl,line=10,endLine=10,col=5,endColumn=12,title=workflow/unused-input::nothing uses `a`, 100%25',
      '::error file=in puts%2C1.yaml,title=inputs/missing::no value for `x`',
      '',
    ].join('\n'),
  );
  const injected = { ...misspelt, help: undefined, message: 'a\n::error::b\r::stop-commands::x' };
  expect(rendered('github', [injected]).split('\n')).toHaveLength(2);
});

test('JSON follows its schema', () => {
  const schema: unknown = JSON.parse(
    readFileSync(new URL('../../schemas/findings.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv({ strict: false }).compile(schema as object);
  for (const findings of [[], [misspelt], [unused, misspelt, elsewhere]]) {
    const document: unknown = JSON.parse(rendered('json', findings));
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  }
  expect(validate({ findings: [{ code: 'x' }], errors: 0, warnings: 0 })).toBe(false);
  expect(JSON.parse(rendered('json', [misspelt]))).toEqual({
    findings: [
      {
        code: 'cwl/unknown-field',
        severity: 'error',
        message: 'unknown field `scater` in a workflow step',
        file: 'analysis.cwl',
        start: 80,
        end: 86,
        line: 9,
        column: 5,
        endLine: 9,
        endColumn: 11,
        help: 'did you mean `scatter`?',
        related: [],
        fix: {
          file: 'analysis.cwl',
          start: 80,
          end: 86,
          line: 9,
          column: 5,
          endLine: 9,
          endColumn: 11,
          text: 'scatter',
        },
      },
    ],
    suppressed: [],
    errors: 1,
    warnings: 0,
  });
});

describe('findings that comments silence', () => {
  const comment = { file: 'analysis.cwl', start: 2, end: 6 };
  const options = {
    readText,
    view: view({ color: false }),
    filesChecked: 3,
    version: '1.2.3',
    silenced: [{ finding: misspelt, comment }],
  };

  test('are counted in the last line, which can be left out', () => {
    expect(renderFindings([], { ...options, format: 'full' })).toBe('no findings in 3 files (1 silenced)\n');
    expect(countFindings([unused, elsewhere], 3, 2)).toBe('1 error and 1 warning in 2 files (2 silenced)');
    expect(renderFindings([], { ...options, format: 'full', hasTail: false })).toBe('');
    expect(renderFindings([elsewhere], { ...options, format: 'full', hasTail: false })).toBe(
      'error[inputs/missing]: no value for `x`\n  --> in puts,1.yaml\n',
    );
  });

  test('are no findings of `short` and `github`', () => {
    expect(renderFindings([], { ...options, format: 'short' })).toBe('');
    expect(renderFindings([], { ...options, format: 'github' })).toBe('');
  });

  test('are listed for machines, with the place of the comment', () => {
    const json = JSON.parse(renderFindings([unused], { ...options, format: 'json' })) as Record<
      string,
      unknown
    >;
    const schema: unknown = JSON.parse(
      readFileSync(new URL('../../schemas/findings.schema.json', import.meta.url), 'utf8'),
    );
    expect(new Ajv({ strict: false }).compile(schema as object)(json)).toBe(true);
    expect(json).toMatchObject({
      errors: 0,
      warnings: 1,
      suppressed: [{ code: 'cwl/unknown-field', line: 9, comment: { line: 1, column: 3, endColumn: 7 } }],
    });
  });
});

// What this program uses of SARIF 2.1.0, with the names and bounds of the OASIS schema; nothing else may appear.
const sarifText = {
  type: 'object',
  required: ['text'],
  additionalProperties: false,
  properties: { text: { type: 'string' } },
};
const sarifSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['tool'],
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          tool: {
            type: 'object',
            additionalProperties: false,
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                additionalProperties: false,
                required: ['name'],
                properties: {
                  name: { type: 'string' },
                  version: { type: 'string' },
                  rules: { type: 'array', uniqueItems: true, items: { $ref: '#/definitions/rule' } },
                },
              },
            },
          },
          results: { type: 'array', items: { $ref: '#/definitions/result' } },
        },
      },
    },
  },
  definitions: {
    rule: {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: {
        id: { type: 'string' },
        shortDescription: sarifText,
        fullDescription: sarifText,
        help: {
          type: 'object',
          additionalProperties: false,
          required: ['text'],
          properties: { text: { type: 'string' }, markdown: { type: 'string' } },
        },
      },
    },
    result: {
      type: 'object',
      additionalProperties: false,
      required: ['message'],
      properties: {
        ruleId: { type: 'string' },
        ruleIndex: { type: 'integer', minimum: -1 },
        level: { enum: ['none', 'note', 'warning', 'error'] },
        message: sarifText,
        locations: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            properties: { physicalLocation: { $ref: '#/definitions/place' } },
          },
        },
        relatedLocations: {
          type: 'array',
          uniqueItems: true,
          items: {
            type: 'object',
            additionalProperties: false,
            properties: {
              id: { type: 'integer', minimum: -1 },
              message: sarifText,
              physicalLocation: { $ref: '#/definitions/place' },
            },
          },
        },
        suppressions: {
          type: 'array',
          uniqueItems: true,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['kind'],
            properties: {
              kind: { enum: ['inSource', 'external'] },
              location: {
                type: 'object',
                additionalProperties: false,
                properties: { physicalLocation: { $ref: '#/definitions/place' } },
              },
            },
          },
        },
        fixes: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['artifactChanges'],
            properties: {
              description: sarifText,
              artifactChanges: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'object',
                  additionalProperties: false,
                  required: ['artifactLocation', 'replacements'],
                  properties: {
                    artifactLocation: { $ref: '#/definitions/artifact' },
                    replacements: {
                      type: 'array',
                      minItems: 1,
                      items: {
                        type: 'object',
                        additionalProperties: false,
                        required: ['deletedRegion'],
                        properties: {
                          deletedRegion: { $ref: '#/definitions/region' },
                          insertedContent: sarifText,
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    artifact: {
      type: 'object',
      additionalProperties: false,
      properties: { uri: { type: 'string', format: 'uri-reference' } },
    },
    place: {
      type: 'object',
      additionalProperties: false,
      required: ['artifactLocation'],
      properties: {
        artifactLocation: { $ref: '#/definitions/artifact' },
        region: { $ref: '#/definitions/region' },
      },
    },
    region: {
      type: 'object',
      additionalProperties: false,
      properties: {
        startLine: { type: 'integer', minimum: 1 },
        startColumn: { type: 'integer', minimum: 1 },
        endLine: { type: 'integer', minimum: 1 },
        endColumn: { type: 'integer', minimum: 1 },
        charOffset: { type: 'integer', minimum: -1 },
        charLength: { type: 'integer', minimum: 0 },
      },
    },
  },
};

test('SARIF keeps to its structure, and carries pages and suppressions', () => {
  const validate = new Ajv({ formats: { 'uri-reference': /^[^\s\\]*$/ } }).compile(sarifSchema);
  const options = {
    format: 'sarif' as const,
    readText,
    view: view({ color: false }),
    filesChecked: 3,
    version: '1.2.3',
    silenced: [{ finding: misspelt, comment: { file: 'analysis.cwl', start: 2, end: 6 } }],
    describe: (code: string) =>
      code === 'cwl/unknown-field'
        ? { summary: 'A misspelt field', text: 'A `field`.\n\nMend it.' }
        : undefined,
  };
  for (const findings of [[], [misspelt], [unused, elsewhere, misspelt]]) {
    const log: unknown = JSON.parse(renderFindings(findings, options));
    expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  }
  const log: unknown = JSON.parse(renderFindings([elsewhere], options));
  expect(log).toMatchObject({
    runs: [
      {
        tool: {
          driver: {
            rules: [
              {
                id: 'cwl/unknown-field',
                shortDescription: { text: 'A misspelt field' },
                help: { text: 'A field.\n\nMend it.', markdown: 'A `field`.\n\nMend it.' },
              },
              { id: 'inputs/missing' },
            ],
          },
        },
        results: [
          { ruleId: 'inputs/missing', ruleIndex: 1 },
          {
            ruleId: 'cwl/unknown-field',
            ruleIndex: 0,
            suppressions: [
              { kind: 'inSource', location: { physicalLocation: { region: { startColumn: 3 } } } },
            ],
          },
        ],
      },
    ],
  });
  expect(validate({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, result: [] }] })).toBe(false);
});

test('SARIF names rules, regions in UTF-16 units, related places and fixes', () => {
  const region = { startLine: 9, startColumn: 5, endLine: 9, endColumn: 11, charOffset: 80, charLength: 6 };
  expect(JSON.parse(rendered('sarif', [misspelt, elsewhere]))).toEqual({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'pchain',
            version: '1.2.3',
            rules: [{ id: 'cwl/unknown-field' }, { id: 'inputs/missing' }],
          },
        },
        columnKind: 'utf16CodeUnits',
        results: [
          {
            ruleId: 'cwl/unknown-field',
            ruleIndex: 0,
            level: 'error',
            message: { text: 'unknown field `scater` in a workflow step. did you mean `scatter`?' },
            locations: [{ physicalLocation: { artifactLocation: { uri: 'analysis.cwl' }, region } }],
            fixes: [
              {
                description: { text: 'replace it' },
                artifactChanges: [
                  {
                    artifactLocation: { uri: 'analysis.cwl' },
                    replacements: [{ deletedRegion: region, insertedContent: { text: 'scatter' } }],
                  },
                ],
              },
            ],
          },
          {
            ruleId: 'inputs/missing',
            ruleIndex: 1,
            level: 'error',
            message: { text: 'no value for `x`' },
            locations: [{ physicalLocation: { artifactLocation: { uri: 'in%20puts%2C1.yaml' } } }],
          },
        ],
      },
    ],
  });
});

test('ten thousand findings in one file are drawn in a moment', () => {
  const text = 'key: value\n'.repeat(20_000);
  let reads = 0;
  const many = Array.from({ length: 10_000 }, (_, index): Finding => ({
    ...misspelt,
    span: { file: 'big', start: index * 22, end: index * 22 + 3 },
  }));
  const out = renderFindings(many, {
    format: 'full',
    readText: () => ((reads += 1), { ok: true, text }),
    view: view(),
    filesChecked: 1,
    version: '1',
  });
  expect(out.endsWith('10000 errors in 1 file\n')).toBe(true);
  expect(reads).toBe(1);
});
