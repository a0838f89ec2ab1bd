// CWL documents to the model: the dialect that the PanDA server takes, v1.0 to v1.2.
// Maps are read in the order of their names and lists as written, because that order decides how steps are numbered.
import type { Findings } from '../base/finding.ts';
import { closest } from '../base/closest.ts';
import type { ReadText } from '../base/read-text.ts';
import type { Span } from '../base/span.ts';
import { entryOf, readTree, spanOf, textOf, type MapNode, type TreeNode } from '../source/tree.ts';
import { DocumentSet } from '../workflow/document-set.ts';
import type { Workflow } from '../workflow/model.ts';
import { checkFields, isUnreadSection, startOf, type CwlDocument } from './document.ts';
import { readInputs, readOutputs } from './ports.ts';
import { checkReferences } from './references.ts';
import { referenceOf } from './step-inputs.ts';
import { readSteps } from './steps.ts';
import { readVersion } from './version.ts';

/** Reads a CWL workflow and those it runs.
 *  @param path of the document; paths of sub-workflows are derived from it
 *  @param readText gives the text of the document, and of those it names
 *  @returns the workflow as far as it could be read; `undefined` when there is none. Faults are in `findings`. */
export function readCwl(path: string, readText: ReadText, findings: Findings): Workflow | undefined {
  return new CwlReader(readText, findings).read(path, { file: path, start: 0, end: 0 });
}

class CwlReader {
  readonly #findings: Findings;
  readonly #documents: DocumentSet;

  constructor(readText: ReadText, findings: Findings) {
    this.#findings = findings;
    this.#documents = new DocumentSet({
      readText,
      findings,
      codes: {
        recursive: 'cwl/recursive-workflow',
        tooDeep: 'cwl/too-deep',
        missing: 'cwl/missing-file',
        unreadable: 'cwl/unreadable-file',
      },
      readDocument: (path, text) => this.#readDocument(path, text),
    });
  }

  /** @param place where the document is named */
  read(path: string, place: Span): Workflow | undefined {
    return this.#documents.read(path, place);
  }

  #readDocument(path: string, text: string): Workflow | undefined {
    const root = readTree(path, text, this.#findings);
    return root === undefined ? undefined : this.#readRoot(path, root);
  }

  #readRoot(path: string, root: TreeNode): Workflow | undefined {
    if (root.kind !== 'map') {
      this.#findings.error(
        'cwl/not-a-workflow',
        spanOf(root),
        'a CWL document is a map with `cwlVersion` and `class`',
      );
      return undefined;
    }
    const version = readVersion(path, root, this.#findings);
    if (!this.#isWorkflow(path, root)) return undefined;
    const document: CwlDocument = { file: path, version, findings: this.#findings };
    const header = entryOf(root, 'class')?.value ?? root;
    checkFields(document, 'workflow', root, header);
    const inputsNode = entryOf(root, 'inputs')?.value;
    const stepsNode = entryOf(root, 'steps')?.value;
    const inputs = readInputs(document, inputsNode);
    const outputs = readOutputs(document, entryOf(root, 'outputs')?.value);
    const steps = readSteps(document, stepsNode, (inner, place) => this.read(inner, place));
    const hasUnreadInputs = isUnreadSection(inputsNode);
    checkReferences(
      document,
      { inputs, outputs, steps },
      { hasUnreadInputs, hasUnreadSteps: isUnreadSection(stepsNode) },
    );
    return {
      language: 'cwl',
      file: path,
      where: () => spanOf(header),
      inputs,
      outputs: outputs.map(({ name, sources, where }) => ({
        name,
        sources: sources.map((source) => referenceOf(source.value)),
        where,
      })),
      steps,
      ...(hasUnreadInputs ? { hasUnreadInputs } : {}),
    };
  }

  #isWorkflow(path: string, root: MapNode): boolean {
    const graph = entryOf(root, '$graph');
    if (graph !== undefined) {
      const message = 'several objects in one document (`$graph`) are not supported';
      const help = 'put each workflow into a file of its own';
      this.#findings.error('cwl/unsupported', spanOf(graph.key), message, { help });
      return false;
    }
    const entry = entryOf(root, 'class');
    if (entry === undefined) {
      const help = 'write `class: Workflow`';
      this.#findings.error('cwl/missing-class', startOf(path, root), 'the document has no `class`', { help });
      return false;
    }
    const name = textOf(entry.value);
    if (name === 'Workflow') return true;
    const message = name === undefined ? '`class` must be `Workflow`' : `a \`${name}\` is not a workflow`;
    const help =
      name !== undefined && closest(name, ['Workflow']) !== undefined
        ? 'did you mean `Workflow`?'
        : undefined;
    this.#findings.error('cwl/not-a-workflow', spanOf(entry.value), message, { help });
    return false;
  }
}
