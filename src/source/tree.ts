// Text to a tree that knows where everything stands: YAML 1.2 (core schema) and JSON with the same reader.
// Positions are plain numbers on the nodes; lines, columns and spans are made only when there is something to say.
import { parseEvents, YAMLException, type Event } from 'js-yaml';
import { Findings, type Finding } from '../base/finding.ts';
import { joinFlowLine } from './flow-lines.ts';
import type { TreeNode, TreeSource } from './nodes.ts';
import { readPlainDocument } from './plain-document.ts';
import { TreeBuilder } from './tree-builder.ts';

export { entryOf, keyText, scalarText, spanOf, textOf, toValue, valueOf } from './nodes.ts';
export type {
  MapEntry,
  MapNode,
  ScalarNode,
  SequenceNode,
  TreeNode,
  TreeSource,
  TreeValue,
} from './nodes.ts';

export interface ReadTreeOptions {
  /** With `true` a text without any content is no fault: the result is `undefined` all the same. */
  readonly allowEmpty?: boolean;
}

/** Reads the first document of a text. Every fault becomes a finding `yaml/…`; nothing is thrown.
 *  @param file the name of the text in findings
 *  @returns `undefined` after a syntax error, or when there is no content */
export function readTree(
  file: string,
  text: string,
  findings: Findings,
  options: ReadTreeOptions = {},
): TreeNode | undefined {
  const reading = readingOf(file, text);
  for (const finding of reading.findings) findings.add(finding);
  if (reading.root === undefined && !reading.isFaulty && options.allowEmpty !== true) {
    findings.error('yaml/empty', { file, start: 0, end: 0 }, 'the file has no content');
  }
  return reading.root;
}

interface Reading {
  readonly text: string;
  /** `undefined` after a syntax error, or when there is no content. */
  readonly root: TreeNode | undefined;
  readonly isFaulty: boolean;
  readonly findings: readonly Finding[];
}

// Several readers look at the same document, one right after the other: its tree is made once, and goes when nobody holds it.
const readings = new Map<string, WeakRef<Reading>>();

function readingOf(file: string, text: string): Reading {
  const known = readings.get(file)?.deref();
  if (known?.text === text) return known;
  const source = { file, text };
  const plain = readPlainDocument(source);
  const reading = plain === undefined ? parsed(source) : { text, root: plain, isFaulty: false, findings: [] };
  readings.set(file, new WeakRef(reading));
  return reading;
}

function parsed(source: TreeSource): Reading {
  const findings = new Findings();
  const events = readEvents(source, findings);
  const root = events === undefined ? undefined : new TreeBuilder(source, findings).build(events);
  return { text: source.text, root, isFaulty: events === undefined, findings: findings.sorted() };
}

/** How many lines are moved before a text counts as faulty: each costs another pass. */
const mostJoinedLines = 100;

function readEvents({ file, text }: TreeSource, findings: Findings): Event[] | undefined {
  // Places stay the same while lines are joined, so the events fit the text as it is.
  let joined = text;
  for (let lines = 0; ; lines++) {
    try {
      return parseEvents(joined, {});
    } catch (thrown) {
      if (!(thrown instanceof YAMLException)) throw thrown;
      const start = Math.min(thrown.mark?.position ?? 0, text.length);
      const isOutdented = thrown.reason === 'deficient indentation' && lines < mostJoinedLines;
      const next = isOutdented ? joinFlowLine(joined, start) : undefined;
      if (next !== undefined && next !== joined) {
        joined = next;
        continue;
      }
      const help = thrown.reason.startsWith('tab characters') ? 'indent with blanks' : undefined;
      findings.error('yaml/syntax', { file, start, end: Math.min(start + 1, text.length) }, thrown.reason, {
        help,
      });
      return undefined;
    }
  }
}
