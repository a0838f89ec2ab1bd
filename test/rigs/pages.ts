// The examples of pages, checked as a user would check them: real files in a temporary directory.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkDocuments } from '../../src/commands/check/check-documents.ts';
import { codesIn } from '../../src/commands/check/check-pages.ts';
import { submissionSurroundings } from '../../src/commands/check/check-surroundings.ts';
import { diskSurroundings } from '../../src/commands/check/reana-surroundings.ts';
import { textReader } from '../../src/commands/check/text-files.ts';
import { renderFindings } from '../../src/terminal/findings.ts';
import type { CheckSurroundings } from '../../src/workflow/rules/context.ts';
import type { ReanaSurroundings } from '../../src/reanaspec/surroundings.ts';
import { view } from '../terminal/view.ts';

export const pagesFolder = join(import.meta.dirname, '../../pages');

/** Checks the first of the files of a page, with `inputs.yaml` when that is one of them.
 *  @returns the findings, one a line */
export async function checkExample(code: string, files: ReadonlyMap<string, string>): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-page-'));
  try {
    const names = [...files.keys()];
    for (const [name, text] of files) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    const yaml = names.some((name) => /^inputs\.yaml(?:\/|$)/.test(name)) ? 'inputs.yaml' : undefined;
    const readText = textReader(directory);
    const { findings } = await checkDocuments(
      {
        files: names.slice(0, 1),
        yaml,
        outDS: 'user.alice.scan',
        missingInputs: yaml === undefined ? 'assume' : 'report',
        surroundings: situationOf(code, directory),
        reana: reanaSituationOf(code, directory),
        knownCodes: () => new Set(codesIn(pagesFolder)),
      },
      readText,
    );
    return renderFindings(findings, {
      format: 'short',
      readText,
      view: view({ isTty: false }),
      filesChecked: names.length,
      version: '0',
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What a few pages are about is seen only when the workflow is about to be submitted. */
function situationOf(code: string, workingDirectory: string): CheckSurroundings | undefined {
  switch (code) {
    case 'panda/missing-file':
    case 'panda/file-too-large':
      return submissionSurroundings({ workingDirectory, largestFileMegabytes: 0.0001, settings: undefined });
    case 'prun/bad-json-file':
      return submissionSurroundings({ workingDirectory, largestFileMegabytes: 1, settings: undefined });
    case 'prun/unknown-secret':
      return { knownSecrets: new Set(['REANA_ACCESS_TOKEN']) };
    default:
      return undefined;
  }
}

/** The same for analyses of REANA. */
function reanaSituationOf(code: string, workingDirectory: string): ReanaSurroundings {
  switch (code) {
    case 'reana/missing-input':
    case 'reana/missing-test':
    case 'reana/unsent-workflow':
    case 'reana/wrong-kind-of-input':
      return diskSurroundings(workingDirectory);
    case 'reana/missing-secret':
      return { knownSecrets: new Set(['CERN_USER']) };
    case 'reana/needs-secret':
    case 'reana/no-memory-limit':
    case 'reana/not-followed':
      return { wantsHints: true };
    case 'reana/unknown-parameter':
      return { parameters: { mass: '600' } };
    default:
      return { checkCwl: diskSurroundings(workingDirectory).checkCwl };
  }
}
