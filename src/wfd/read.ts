// Native workflow descriptions of PanDA (WFD) to the model.
//
//   inputs: {data: user.alice.in/}
//   outputs: {result: {from: fit/outDS}}
//   steps:
//     fit: {type: prun, inDS: "{data}", args: --outputs fit.txt, exec: fit %IN}
import { posix } from 'node:path';
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import type { Span } from '../base/span.ts';
import {
  entryOf,
  keyText,
  readTree,
  spanOf,
  type MapNode,
  type ScalarNode,
  type TreeNode,
} from '../source/tree.ts';
import { DocumentSet } from '../workflow/document-set.ts';
import type { Step, Workflow } from '../workflow/model.ts';
import { checkFields, isNull, missingField, sectionMap, wrongType, type WfdDocument } from './document.ts';
import { readInputs, readOptions, readOutputs } from './sections.ts';
import { namesIn, type Names } from './sources.ts';
import { nameOf, readTaskStep, readType } from './steps.ts';
import { readWorkflowStep, type SubWorkflows } from './sub-workflow.ts';

/** Reads a native workflow and those it runs.
 *  @param path of the document; paths of sub-workflows count from its directory, which is the top of the sandbox
 *  @returns the workflow as far as it could be read; `undefined` when there is none. Faults are in `findings`. */
export function readWfd(path: string, readText: ReadText, findings: Findings): Workflow | undefined {
  return new WfdReader(path, readText, findings).read();
}

class WfdReader {
  readonly #main: string;
  readonly #findings: Findings;
  readonly #documents: DocumentSet;

  constructor(main: string, readText: ReadText, findings: Findings) {
    this.#main = main;
    this.#findings = findings;
    this.#documents = new DocumentSet({
      readText,
      findings,
      codes: {
        recursive: 'wfd/recursive-workflow',
        tooDeep: 'wfd/too-deep',
        missing: 'wfd/missing-file',
        unreadable: 'wfd/unreadable-file',
      },
      readDocument: (path, text) => this.#readDocument(path, text),
    });
  }

  read(): Workflow | undefined {
    return this.#documents.read(this.#main, { file: this.#main, start: 0, end: 0 });
  }

  #readDocument(path: string, text: string): Workflow | undefined {
    const root = readTree(path, text, this.#findings);
    if (root === undefined) return undefined;
    if (root.kind !== 'map') {
      const message = 'a native workflow description is a map with `inputs`, `outputs` and `steps`';
      this.#findings.error('wfd/not-a-workflow', spanOf(root), message);
      return undefined;
    }
    return new DocumentReader(path, this.#findings, (reference, node) =>
      this.#readFile(path, reference, node),
    ).read(root);
  }

  #readFile(from: string, reference: string, node: ScalarNode): Workflow | undefined {
    if (from !== this.#main) {
      const message = 'the PanDA server follows `workflow_ref` in the main document only';
      this.#findings.warning('panda/deep-reference', spanOf(node), message, {
        help: 'put the workflow into `workflow_blocks`, or write its steps here',
      });
    }
    return this.#documents.read(posix.join(posix.dirname(this.#main), reference), spanOf(node));
  }
}

/** One document with its blocks. */
class DocumentReader {
  readonly #document: WfdDocument;
  readonly #readFile: SubWorkflows['file'];
  readonly #blocks = new Map<string, { readonly key: ScalarNode; readonly value: TreeNode }>();
  readonly #known = new Map<string, Workflow | undefined>();
  readonly #open: string[] = [];

  constructor(file: string, findings: Findings, readFile: SubWorkflows['file']) {
    this.#document = { file, findings };
    this.#readFile = readFile;
  }

  read(root: MapNode): Workflow {
    const document = this.#document;
    checkFields(document, 'document', root);
    const blocks = sectionMap(document, root, 'workflow_blocks', 'blank');
    for (const { key, value } of blocks?.entries ?? []) this.#blocks.set(keyText(key), { key, value });
    const allowPartialInputs = readOptions(document, sectionMap(document, root, 'options', 'blank'));
    const workflow = this.#readWorkflow(this.#content(root), root.entries[0]?.key ?? root);
    for (const name of this.#blocks.keys()) this.#readBlock(name, undefined);
    return { ...workflow, allowPartialInputs };
  }

  /** The sections may stand inside of `workflow`. */
  #content(root: MapNode): MapNode {
    const wrapper = entryOf(root, 'workflow');
    if (wrapper === undefined) return root;
    if (wrapper.value.kind !== 'map') {
      wrongType(
        this.#document,
        isNull(wrapper.value) ? wrapper.key : wrapper.value,
        '`workflow` must be a map',
      );
      return root;
    }
    checkFields(this.#document, 'workflow', wrapper.value);
    for (const name of ['steps', 'outputs']) {
      const beside = entryOf(root, name);
      if (beside === undefined) continue;
      const message = `\`${name}\` is not used: the document has its sections in \`workflow\``;
      this.#document.findings.error('wfd/conflicting-fields', spanOf(beside.key), message, {
        related: [{ span: spanOf(wrapper.key), message: 'this is run' }],
      });
    }
    return wrapper.value;
  }

  #readWorkflow(map: MapNode, place: TreeNode): Workflow {
    const document = this.#document;
    const inputs = sectionMap(document, map, 'inputs', '[]');
    const outputs = sectionMap(document, map, 'outputs', '{}');
    const steps = sectionMap(document, map, 'steps', '{}');
    if (entryOf(map, 'steps') === undefined) missingField(document, place, 'a workflow needs `steps`');
    const names = namesIn(inputs, steps);
    return {
      language: 'wfd',
      file: document.file,
      where: () => spanOf(place),
      inputs: readInputs(document, inputs),
      outputs: readOutputs(document, outputs, names),
      steps: (steps?.entries ?? []).flatMap(({ key, value }) => this.#readStep(key, value, names)),
    };
  }

  #readStep(key: ScalarNode, value: TreeNode, names: Names): readonly Step[] {
    const document = this.#document;
    if (value.kind !== 'map') {
      wrongType(
        document,
        isNull(value) ? key : value,
        `the step \`${nameOf(key)}\` must be a map with \`args\` and \`exec\``,
      );
      return [];
    }
    const type = readType(document, value);
    // Steps after one of no type must not be told that it does not exist.
    if (type !== 'workflow')
      return [readTaskStep(document, { key, map: value, type: type ?? 'prun', names })];
    return [readWorkflowStep(document, { key, map: value, names, around: this.#subWorkflows })];
  }

  get #subWorkflows(): SubWorkflows {
    return {
      inline: (map, key) => this.#readWorkflow(map, key),
      block: (name, node) => this.#readBlock(name, spanOf(node)),
      blockNames: [...this.#blocks.keys()],
      file: this.#readFile,
    };
  }

  /** @param place where it is named; `undefined` when nothing names it */
  #readBlock(name: string, place: Span | undefined): Workflow | undefined {
    const block = this.#blocks.get(name);
    if (block === undefined) return undefined;
    if (place !== undefined && this.#open.includes(name)) {
      const circle = [...this.#open.slice(this.#open.indexOf(name)), name].map((one) => `\`${one}\``);
      const message = `the workflow runs itself without end: ${circle.join(' runs ')}`;
      this.#document.findings.error('wfd/recursive-workflow', place, message);
      return undefined;
    }
    if (this.#known.has(name)) return this.#known.get(name);
    this.#open.push(name);
    const { key, value } = block;
    if (value.kind !== 'map') {
      wrongType(
        this.#document,
        isNull(value) ? key : value,
        `the block \`${name}\` must be a workflow with \`steps\``,
      );
    } else {
      checkFields(this.#document, 'document', value);
    }
    const workflow = value.kind === 'map' ? this.#readWorkflow(this.#content(value), key) : undefined;
    this.#open.pop();
    this.#known.set(name, workflow);
    return workflow;
  }
}
