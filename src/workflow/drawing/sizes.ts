// How large the shapes of a picture are, and which lines of text they hold.
import type { Gate, GraphEnd, GraphStep } from './graph.ts';
import { fitted, textLength, wrapped } from './text-size.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Font sizes in pixels. */
export const nameSize = 14;
export const noteSize = 11;
export const lineHeight = 18;

/** The icon of a step with the room beside it. */
const iconRoom = 30;
const side = 14;

/** A step's name, in lines. */
export function nameLines(step: GraphStep): readonly string[] {
  return wrapped(step.name, 210, 3, nameSize, 'bold');
}

/** What stands under the name: `prun · ×3`. */
export function noteOf(step: GraphStep): string {
  const words = [
    step.type === 'workflow' ? 'sub-workflow' : step.type,
    step.times === undefined ? '' : `×${step.times}`,
    step.loop ? 'loop' : '',
  ];
  return words.filter((word) => word !== '').join(' · ');
}

export function stepSize(step: GraphStep): Size {
  const lines = nameLines(step);
  const text = Math.max(
    ...lines.map((line) => textLength(line, nameSize, 'bold')),
    textLength(noteOf(step), noteSize),
  );
  return {
    width: Math.ceil(Math.max(96, side + iconRoom + text + side)),
    height: lines.length * lineHeight + 34,
  };
}

/** The title of a sub-workflow, in one line, with the note beside it. */
export function groupName(step: GraphStep): string {
  return fitted(step.name, 280, nameSize, 'bold');
}

export function groupHead(step: GraphStep): Size {
  const name = textLength(groupName(step), nameSize, 'bold');
  return { width: Math.ceil(name + 12 + textLength(noteOf(step), noteSize) + 56), height: 36 };
}

export function gateLines(gate: Gate): readonly string[] {
  return wrapped(gate.text, 190, 3, noteSize);
}

export function gateSize(gate: Gate): Size {
  const lines = gateLines(gate);
  const text = Math.max(...lines.map((line) => textLength(line, noteSize)));
  return { width: Math.ceil(text + 48), height: lines.length * 15 + 13 };
}

/** `next round: xxx, yyy`. */
export function roundText(step: GraphStep): string {
  const names = step.parameters.join(', ');
  return fitted(names === '' ? 'next round' : `next round: ${names}`, 220, noteSize);
}

export function roundSize(step: GraphStep): Size {
  return { width: Math.ceil(textLength(roundText(step), noteSize) + 44), height: 26 };
}

export function endName(end: GraphEnd): string {
  return fitted(end.name, 200, 12, 'bold');
}

export function endNote(end: GraphEnd, is: 'input' | 'output'): string {
  return end.type === undefined ? is : `${is} · ${fitted(end.type, 120, noteSize)}`;
}

export function endSize(end: GraphEnd): Size {
  const text = Math.max(
    textLength(endName(end), 12, 'bold'),
    textLength(endNote(end, end.type === undefined ? 'output' : 'input'), noteSize),
  );
  return { width: Math.ceil(text + 56), height: 42 };
}

export function chipText(text: string): string {
  return fitted(text, 150, noteSize);
}

export function chipSize(text: string): Size {
  return { width: Math.ceil(textLength(chipText(text), noteSize) + 16), height: 18 };
}
