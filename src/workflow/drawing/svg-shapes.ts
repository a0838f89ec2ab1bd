// Steps, sub-workflows, conditions, inputs and outputs as SVG elements.
import type { StepType } from '../model.ts';
import { icons, type Icon } from './icons.ts';
import type { Chip, Place, PlacedShape } from './layout.ts';
import {
  chipText,
  endName,
  endNote,
  gateLines,
  groupName,
  lineHeight,
  nameLines,
  nameSize,
  noteOf,
  roundText,
} from './sizes.ts';
import { decimal, escapeXml, textElement } from './svg-text.ts';
import { textLength } from './text-size.ts';

/** One shape with everything written on it. A tooltip says in full what may have been cut. */
export function drawShape(shape: PlacedShape): string {
  switch (shape.is) {
    case 'group':
      return grouped(shape.step.key, `${noteOf(shape.step)} ${shape.step.name}`, drawGroup(shape));
    case 'step':
      return grouped(shape.step.key, `${noteOf(shape.step)} ${shape.step.name}`, drawStep(shape));
    case 'gate':
      return grouped(shape.step.gate?.key ?? '', `runs when ${shape.step.gate?.text ?? ''}`, drawGate(shape));
    case 'round':
      return grouped(
        `${shape.step.key}.round`,
        `next round of ${shape.step.name}: ${shape.step.parameters.join(', ')}`,
        drawRound(shape),
      );
    case 'input':
    case 'output':
      return grouped(shape.end.key, `${shape.is} ${shape.end.name}`, drawEnd(shape));
  }
}

function grouped(key: string, title: string, parts: readonly string[]): string {
  return `<g data-key="${key}"><title>${escapeXml(title)}</title>${parts.join('')}</g>`;
}

function drawGroup(shape: PlacedShape & { is: 'group' }): string[] {
  const { step, headX: x, y, depth } = shape;
  const look = `group${depth % 2}${step.loop ? ' loop' : ''}`;
  const name = groupName(step);
  const nameWidth = textLength(name, nameSize, 'bold');
  return [
    ...stack(shape, step.times !== undefined, (place) => rectangle(place, 12, look)),
    rectangle(shape, 12, look),
    drawIcon(step.loop ? 'round' : 'workflow', x + 14, y + 13, step.loop ? 'round' : 'plain'),
    textElement(x + 38, y + 26, name, { className: 'name' }),
    textElement(x + 38 + nameWidth + 12, y + 26, noteOf(step), { className: 'note' }),
  ];
}

function drawStep(shape: PlacedShape & { is: 'step' }): string[] {
  const { step, x, y, height, chips } = shape;
  const lines = nameLines(step);
  const outline = outlines[step.type];
  // Chips take the last pixels of the box.
  const room = chips.length === 0 ? height : height - 9;
  const top = y + (room - lines.length * lineHeight - 14) / 2 - 1;
  return [
    ...stack(shape, step.times !== undefined, (place) => outline(place, `box ${step.type}`)),
    outline(shape, `box ${step.type}`),
    ...(step.type === 'reana' || step.type === 'gitlab'
      ? [rectangle(inset(shape, 3.5), 5.5, `rim ${step.type}`)]
      : []),
    drawIcon(step.type, x + 14, y + (room - 16) / 2, step.type === 'workflow' ? 'plain' : step.type),
    ...lines.map((line, index) =>
      textElement(x + 42, top + 14 + index * lineHeight, line, { className: 'name' }),
    ),
    textElement(x + 42, top + 13 + lines.length * lineHeight, noteOf(step), { className: 'note' }),
    ...chips.map(drawChip),
  ];
}

const outlines: Readonly<Record<StepType, (place: Place, className: string) => string>> = {
  prun: (place, className) => rectangle(place, 8, className),
  // Cut corners.
  phpo: ({ x, y, width, height }, className) =>
    polygon(
      [
        [x + 9, y],
        [x + width - 9, y],
        [x + width, y + 9],
        [x + width, y + height - 9],
        [x + width - 9, y + height],
        [x + 9, y + height],
        [x, y + height - 9],
        [x, y + 9],
      ],
      className,
    ),
  // What decides has round ends.
  junction: (place, className) => rectangle(place, place.height / 2, className),
  reana: (place, className) => rectangle(place, 8, className),
  gitlab: (place, className) => rectangle(place, 8, className),
  workflow: (place, className) => rectangle(place, 12, className),
};

/** Two more edges behind what is repeated. */
function stack(place: Place, repeated: boolean, outline: (place: Place) => string): string[] {
  if (!repeated) return [];
  return [8, 4].map((offset) => outline({ ...place, x: place.x + offset, y: place.y + offset }));
}

function drawChip(chip: Chip): string {
  const text = textElement(chip.x + chip.width / 2, chip.y + 13, chipText(chip.text), {
    className: 'chiptext',
    anchor: 'middle',
  });
  return `<g><title>${escapeXml(chip.text)}</title>${rectangle(chip, chip.height / 2, 'chip')}${text}</g>`;
}

function drawGate({ step, x, y, width, height }: PlacedShape & { is: 'gate' }): string[] {
  if (step.gate === undefined) return [];
  const middle = y + height / 2;
  const tip = 14;
  const lines = gateLines(step.gate);
  return [
    polygon(
      [
        [x, middle],
        [x + tip, y],
        [x + width - tip, y],
        [x + width, middle],
        [x + width - tip, y + height],
        [x + tip, y + height],
      ],
      step.gate.negated ? 'gate negated' : 'gate',
    ),
    ...lines.map((line, index) =>
      textElement(x + width / 2, middle + 4 + (index - (lines.length - 1) / 2) * 15, line, {
        className: 'gatetext',
        anchor: 'middle',
      }),
    ),
  ];
}

function drawRound(shape: PlacedShape & { is: 'round' }): string[] {
  const { step, x, y, height } = shape;
  return [
    rectangle(shape, height / 2, 'round'),
    drawIcon('round', x + 10, y + (height - 16) / 2, 'round'),
    textElement(x + 32, y + height / 2 + 4, roundText(step), { className: 'note' }),
  ];
}

function drawEnd(shape: PlacedShape & { is: 'input' | 'output' }): string[] {
  const { is, end, x, y, width, height } = shape;
  const lean = 8;
  return [
    polygon(
      [
        [x + lean, y],
        [x + width, y],
        [x + width - lean, y + height],
        [x, y + height],
      ],
      'end',
    ),
    drawIcon(is, x + 14, y + (height - 16) / 2, 'plain'),
    textElement(x + 37, y + 18, endName(end), { className: 'endname' }),
    textElement(x + 37, y + 33, endNote(end, is), { className: 'note' }),
  ];
}

function drawIcon(icon: Icon, x: number, y: number, className: string): string {
  return `<path class="icon ${className}" transform="translate(${decimal(x)} ${decimal(y)})" d="${icons[icon]}"/>`;
}

function inset(place: Place, by: number): Place {
  return { x: place.x + by, y: place.y + by, width: place.width - 2 * by, height: place.height - 2 * by };
}

function rectangle({ x, y, width, height }: Place, radius: number, className: string): string {
  return (
    `<rect class="${className}" x="${decimal(x)}" y="${decimal(y)}" ` +
    `width="${decimal(width)}" height="${decimal(height)}" rx="${decimal(radius)}"/>`
  );
}

function polygon(points: readonly (readonly [number, number])[], className: string): string {
  const path = points.map(([x, y]) => `${decimal(x)},${decimal(y)}`).join(' ');
  return `<polygon class="${className}" points="${path}"/>`;
}
