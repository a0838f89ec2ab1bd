// A workflow and those it runs, document by document: each is read once, and none runs itself.
import type { Findings } from '../base/finding.ts';
import type { ReadText } from '../base/read-text.ts';
import type { Span } from '../base/span.ts';
import type { Workflow } from './model.ts';

/** Workflows within workflows; more than any human writes. */
const deepestWorkflow = 50;

/** What the faults are called in the language of the documents. */
export interface DocumentCodes {
  readonly recursive: string;
  readonly tooDeep: string;
  readonly missing: string;
  readonly unreadable: string;
}

export interface DocumentSetOptions {
  readonly readText: ReadText;
  readonly findings: Findings;
  readonly codes: DocumentCodes;
  /** Reads one document; it may ask the set for others. */
  readonly readDocument: (path: string, text: string) => Workflow | undefined;
}

export class DocumentSet {
  readonly #options: DocumentSetOptions;
  /** Documents that are read, by path: a body that many steps run is read once. */
  readonly #known = new Map<string, Workflow | undefined>();
  /** Paths from the first document to the one being read. */
  readonly #open: string[] = [];

  constructor(options: DocumentSetOptions) {
    this.#options = options;
  }

  /** The workflow of a document, as far as it could be read; `undefined` when there is none. Faults are in the findings.
   *  @param place where the document is named */
  read(path: string, place: Span): Workflow | undefined {
    const { findings, codes } = this.#options;
    if (this.#open.includes(path)) {
      const circle = [...this.#open.slice(this.#open.indexOf(path)), path].map((file) => `\`${file}\``);
      findings.error(
        codes.recursive,
        place,
        `the workflow runs itself without end: ${circle.join(' runs ')}`,
      );
      return undefined;
    }
    if (this.#open.length >= deepestWorkflow) {
      findings.error(codes.tooDeep, place, `more than ${deepestWorkflow} workflows lie inside of each other`);
      return undefined;
    }
    if (this.#known.has(path)) return this.#known.get(path);
    this.#open.push(path);
    const workflow = this.#readFile(path, place);
    this.#open.pop();
    this.#known.set(path, workflow);
    return workflow;
  }

  #readFile(path: string, place: Span): Workflow | undefined {
    const { readText, readDocument, findings, codes } = this.#options;
    const answer = readText(path);
    if (answer.ok) return readDocument(path, answer.text);
    const what = { missing: 'does not exist', directory: 'is a directory', unreadable: 'cannot be read' };
    const told = answer.reason in what ? what[answer.reason as keyof typeof what] : answer.detail;
    const code = answer.reason === 'missing' ? codes.missing : codes.unreadable;
    findings.error(code, place, `the workflow \`${path}\` ${told}`);
    return undefined;
  }
}
