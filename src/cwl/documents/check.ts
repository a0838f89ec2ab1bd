// The check of a CWL document of any kind, v1.0 to v1.2: what may be known without running it.
import { closest } from '../../base/closest.ts';
import { Findings } from '../../base/finding.ts';
import type { ReadText } from '../../base/read-text.ts';
import { entryOf, keyText, spanOf, textOf, valueOf, type MapNode, type TreeNode } from '../../source/tree.ts';
import { leafTypes } from '../../workflow/model.ts';
import { knownVersions, type CwlVersion } from '../fields.ts';
import { readType } from '../types/read.ts';
import { plainType, unknownType, type CwlType } from '../types/type.ts';
import { checkDefault } from './defaults.ts';
import { checkExpression, checkLibrary } from './expressions.ts';
import type { ProcessClass } from './grammar/processes.ts';
import { idsOf, Library, type Document } from './library.ts';
import { isUnreadStep, type LinkedStep, type Program } from './linked-steps.ts';
import { checkLinks } from './links.ts';
import { isPandaWorkflow } from './panda-workflow.ts';
import { fieldOf, isUnread, portsOf, texts, typeNode, type Port, type Process } from './process.ts';
import { featuresOf, noFeatures, type Features } from './requirements.ts';
import { checkField, checkRecord } from './shape-check.ts';
import type { ShapeCheck } from './shape-state.ts';
import { isUnknown, Sources, targetOf } from './sources.ts';
import { checkStep, outputsOf, reportMissing } from './step-check.ts';
import { checkTypeFaults } from './type-faults.ts';

/** What a document is. */
export interface DocumentVerdict {
  /** Of its process, or of the main one of a packed document; `undefined` when it has none that is known. */
  readonly class: ProcessClass | undefined;
  /** As written, or the newest when nothing is written; `undefined` when the document could not be read. */
  readonly version: CwlVersion | undefined;
  /** Whether its steps run `prun`, `reana` and the like, or workflows whose steps do. Such a workflow is read by
   *  `readCwl`; of it, only what that leaves out is checked here. */
  readonly isPanda: boolean;
  /** Every file that was read, the document first. */
  readonly files: readonly string[];
}

/** Workflows within workflows; more than any human writes. */
const deepestWorkflow = 50;
/** Values looked at in one check: an import may repeat what it brings in. */
const mostValues = 5_000_000;

/** Checks a document and all that it runs and imports.
 *  @param path of the document; paths of others are derived from it
 *  @param readText gives the text of the document, and of those it names
 *  @param findings takes what is wrong; nothing is thrown for it */
export function checkCwlDocument(path: string, readText: ReadText, findings: Findings): DocumentVerdict {
  const sources = new Sources(readText, findings);
  const library = new Library(sources, findings);
  const document = library.read(path, undefined);
  if (document === undefined) {
    return { class: undefined, version: undefined, isPanda: false, files: sources.paths };
  }
  const checker = new DocumentChecker(library, findings);
  const main = mainOf(document);
  const isPanda = document.processes.some((process) => checker.isPanda(process));
  for (const process of document.processes) {
    if (isPanda) checker.checkPanda(process, document);
    else checker.check(process, document, noFeatures);
  }
  return { class: main?.class, version: document.version, isPanda, files: sources.paths };
}

function mainOf(document: Document): Process | undefined {
  const ids = idsOf(document);
  return document.processes[Math.max(ids.indexOf('main'), 0)];
}

class DocumentChecker {
  readonly #library: Library;
  readonly #findings: Findings;
  readonly #budget = { left: mostValues };
  /** Processes that were checked, each with the requirements around it. */
  readonly #checked = new Map<MapNode, Set<string>>();
  readonly #types = new Map<TreeNode, CwlType>();
  readonly #panda = new Map<MapNode, boolean>();
  /** Processes from the first to the one that is being checked. */
  readonly #open: Process[] = [];

  constructor(library: Library, findings: Findings) {
    this.#library = library;
    this.#findings = findings;
  }

  /** @param around requirements of the workflows that run it: they hold in it as well */
  check(process: Process, document: Document, around: Features): void {
    const features = featuresOf(process.node, around);
    const before = this.#checked.get(process.node) ?? new Set<string>();
    const key = [...features.names].sort().join(' ');
    if (before.has(key)) return;
    const isFirst = before.size === 0;
    this.#checked.set(process.node, before.add(key));
    const shape = this.#shapeOf(process, document);
    checkRecord(shape, process.class, process.node, valueOf(process.node, 'class') ?? process.node);
    // With other requirements around it, only the expressions are another matter.
    if (isFirst) this.#reportShape(process, document, shape);
    this.#open.push(process);
    const steps = process.class === 'Workflow' ? this.#steps(process, document, features) : [];
    this.#checkExpressions(process, shape, features, steps);
    if (process.class === 'Workflow' && isFirst) this.#checkWorkflow(process, document, steps, features);
    this.#open.pop();
  }

  /** What PanDA's own reader leaves out: requirements and hints. */
  checkPanda(process: Process, document: Document): void {
    const shape = this.#shapeOf(process, document);
    for (const entry of process.node.entries) {
      if (['requirements', 'hints'].includes(keyText(entry.key))) checkField(shape, process.class, entry);
    }
    for (const finding of shape.findings.sorted()) this.#findings.add(finding);
  }

  /** @param depth of workflows around it */
  isPanda(process: Process, depth = 0): boolean {
    const known = this.#panda.get(process.node);
    if (known !== undefined) return known;
    // A circle does not make it one.
    this.#panda.set(process.node, false);
    const answer = isPandaWorkflow(process);
    const isPanda =
      answer === 'yes' ||
      (answer !== 'no' &&
        depth < deepestWorkflow &&
        answer.some((run) => {
          const found = this.#found(run);
          return found !== undefined && this.isPanda(found.process, depth + 1);
        }));
    this.#panda.set(process.node, isPanda);
    return isPanda;
  }

  #shapeOf(process: Process, document: Document): ShapeCheck {
    return {
      findings: new Findings(),
      version: process.version,
      prefixes: document.prefixes,
      expressions: [],
      types: [],
      budget: this.#budget,
    };
  }

  #reportShape(process: Process, document: Document, shape: ShapeCheck): void {
    const found = shape.findings.sorted();
    for (const finding of found) this.#findings.add(finding);
    checkTypeFaults(this.#findings, shape.types, document.typeNames, found);
    checkLibrary(this.#findings, process);
    for (const port of process.inputs) checkDefault(this.#findings, port, this.#typeOf(port, document));
    if (process.class === 'CommandLineTool') checkStreams(this.#findings, process);
  }

  #typeOf(port: Port, document: Document): CwlType {
    const node = typeNode(port);
    if (node === undefined || isUnknown(node)) return unknownType;
    let type = this.#types.get(node);
    if (type === undefined) {
      type = isStream(textOf(node)) ? plainType('File') : (readType(node, document.typeNames) ?? unknownType);
      this.#types.set(node, type);
    }
    return type;
  }

  #steps(workflow: Process, document: Document, features: Features): readonly LinkedStep[] {
    return portsOf(valueOf(workflow.node, 'steps')).map(({ name, key, node }) => {
      const own = featuresOf(node, features);
      const run = fieldOf(node, 'run');
      return {
        name,
        key,
        node,
        inputs: portsOf(fieldOf(node, 'in')),
        outputs: outputsOf(node),
        features: own,
        program: run === undefined ? undefined : this.#program(run, document, own),
      };
    });
  }

  /** What a step runs, checked itself; `undefined` when that is not known, which is reported. */
  #program(run: TreeNode, document: Document, features: Features): Program | undefined {
    const found = run.kind === 'map' ? this.#inline(run, document) : this.#found(run);
    if (found === undefined || this.#isCircle(found.process, run)) return undefined;
    this.check(found.process, found.document, features);
    return {
      process: found.process,
      typeOf: (port) => this.#typeOf(port, found.document),
      name: run.kind === 'map' ? `its \`${found.process.class}\`` : `\`${textOf(run) ?? ''}\``,
    };
  }

  #inline(run: MapNode, document: Document): Found | undefined {
    const written = textOf(valueOf(run, 'cwlVersion'));
    const version = knownVersions.find((known) => known === written) ?? document.version;
    const [process] = this.#library.process(run, version);
    return process === undefined ? undefined : { process, document };
  }

  #found(run: TreeNode): Found | undefined {
    const text = textOf(run);
    const target = text === undefined || text === '' ? undefined : targetOf(run.source.file, text);
    if (text === undefined || target === undefined) return undefined;
    return this.#library.find(target, spanOf(run), () => {
      const nearest = closest(text, leafTypes);
      return nearest === undefined ? undefined : `did you mean PanDA's step type \`${nearest}\`?`;
    });
  }

  #isCircle(process: Process, run: TreeNode): boolean {
    const from = this.#open.findIndex((open) => open.node === process.node);
    if (from >= 0) {
      const names = [...this.#open.slice(from), process].map((open) => `\`${nameOf(open)}\``);
      const message = `the workflow runs itself without end: ${names.join(' runs ')}`;
      this.#findings.error('cwl/recursive-workflow', spanOf(run), message);
      return true;
    }
    if (this.#open.length < deepestWorkflow) return false;
    const message = `more than ${deepestWorkflow} workflows lie inside of each other`;
    this.#findings.error('cwl/too-deep', spanOf(run), message);
    return true;
  }

  #checkExpressions(
    process: Process,
    shape: ShapeCheck,
    features: Features,
    steps: readonly LinkedStep[],
  ): void {
    const own = isUnread(process, 'inputs') ? undefined : new Set(process.inputs.map((port) => port.name));
    const byNode = new Map<TreeNode, LinkedStep>(steps.map((step) => [step.node, step]));
    const inputs = new Map<LinkedStep, ReadonlySet<string> | undefined>();
    for (const expression of shape.expressions) {
      const step = expression.step === undefined ? undefined : byNode.get(expression.step);
      if (step === undefined) {
        // The requirements of a workflow are evaluated by what its steps run, each with inputs of its own.
        const isInherited = expression.inRequirements && process.class === 'Workflow';
        checkExpression(this.#findings, expression, features, {
          inputs: isInherited ? undefined : own,
          // A tool by itself may be made for a workflow that says what both need.
          mayInherit: this.#open.length === 1 && process.class !== 'Workflow',
        });
        continue;
      }
      if (!inputs.has(step)) inputs.set(step, inputsOf(step));
      checkExpression(this.#findings, expression, step.features, {
        inputs: inputs.get(step),
        mayInherit: false,
      });
    }
  }

  #checkWorkflow(
    workflow: Process,
    document: Document,
    steps: readonly LinkedStep[],
    features: Features,
  ): void {
    for (const step of steps) checkStep(this.#findings, step);
    for (const port of workflow.outputs) {
      const source = fieldOf(port.node, 'outputSource');
      const isMultiple = source?.kind === 'sequence' && texts(source).length > 1;
      if (isMultiple && !features.names.has('MultipleInputFeatureRequirement')) {
        const what = 'an output with several sources';
        reportMissing(this.#findings, 'MultipleInputFeatureRequirement', what, port.key);
      }
    }
    const typeOf = (port: Port): CwlType => this.#typeOf(port, document);
    checkLinks({ workflow, findings: this.#findings, steps, typeOf });
  }
}

interface Found {
  readonly process: Process;
  readonly document: Document;
}

/** What `inputs` has in the expressions of a step: what the step gives, and what its program has. */
function inputsOf(step: LinkedStep): ReadonlySet<string> | undefined {
  const { inputs, program } = step;
  if (program === undefined || isUnread(program.process, 'inputs') || isUnreadStep(step, 'in'))
    return undefined;
  return new Set([...inputs, ...program.process.inputs].map((port) => port.name));
}

function nameOf({ file, node }: Process): string {
  const id = textOf(valueOf(node, 'id'));
  return id === undefined ? file : `${file}#${id.replace(/^#/, '')}`;
}

function isStream(name: string | undefined): boolean {
  return name === 'stdin' || name === 'stdout' || name === 'stderr';
}

/** `stdout` and `stderr` as types say already where the output comes from. */
function checkStreams(findings: Findings, tool: Process): void {
  for (const port of tool.outputs) {
    const name = textOf(typeNode(port));
    const binding = port.node.kind === 'map' ? entryOf(port.node, 'outputBinding') : undefined;
    if (binding === undefined || (name !== 'stdout' && name !== 'stderr')) continue;
    const message = `an output of type \`${name}\` has no \`outputBinding\`: it is the stream itself`;
    findings.error('cwl/stream-binding', spanOf(binding.key), message, {
      help: `leave \`outputBinding\` out, or write \`type: File\``,
    });
  }
}
