// A planned step in one iteration of the loops around it: the marks that PanDA leaves in names and commands get their values.
import { iterationMark } from '../../../prun/names.ts';
import { loopParameterMark } from '../../../prun/placeholders.ts';
import { pythonText } from '../../../prun/plain-value.ts';
import type { PlannedStep } from '../../../workflow/plan.ts';
import type { Layout, LeafSite } from './layout.ts';
import type { LoopParameters } from './loop-parameters.ts';
import type { IterationPath } from './path.ts';
import { pathText } from './path.ts';

/** Where a step stands: the loops around it by step id, outermost first, with the iteration of each. */
export interface Place {
  readonly loops: readonly number[];
  readonly path: IterationPath;
}

/** The step with the marks filled in; those of loops that the step is not in stay, because their last iteration is not known
 *  before they end. */
export function inIteration(
  step: PlannedStep,
  place: Place,
  parameters: LoopParameters,
  layout: Layout,
): PlannedStep {
  if (place.path.length === 0 && Object.keys(parameters).length === 0) return step;
  const fill = filler(place, parameters, layout);
  return {
    ...step,
    outputs: step.outputs.map(fill),
    outputTypes: step.outputTypes.map(fill),
    inputDatasets: step.inputDatasets.map(fill),
    command: step.command.map(fill),
  };
}

/** A text of a step with the iterations of other loops filled in, once these have ended.
 *  @param pathOf the last iteration of a leaf as the step sees it; `undefined` while its loops go on */
export function settled(
  text: string,
  layout: Layout,
  pathOf: (leaf: LeafSite) => IterationPath | undefined,
): string {
  if (!text.includes(iterationMark)) return text;
  return text.replace(basePattern(layout), (base) => {
    const leaf = layout.markedBases.get(base);
    const path = leaf === undefined ? undefined : pathOf(leaf);
    return path === undefined ? base : numbered(base, path);
  });
}

function filler(place: Place, parameters: LoopParameters, layout: Layout): (text: string) => string {
  const values = new Map(
    Object.entries(parameters).map(([name, value]) => [loopParameterMark(name), pythonText(value)]),
  );
  const marks = [...values.keys(), ...(place.path.length === 0 ? [] : [iterationMark])];
  const pattern = new RegExp([basePattern(layout).source, ...longestFirst(marks)].join('|'), 'g');
  return (text) => {
    if (!text.includes(markStart)) return text;
    return text.replace(pattern, (found) => {
      const leaf = layout.markedBases.get(found);
      if (leaf === undefined) return values.get(found) ?? String(place.path.at(-1));
      const isAround = leaf.loops.every((loop, level) => place.loops[level] === loop);
      return isAround ? numbered(found, place.path.slice(0, leaf.loops.length)) : found;
    });
  };
}

const markStart = '___idds___';

function numbered(base: string, path: IterationPath): string {
  return base.replace(iterationMark, pathText(path));
}

const patterns = new WeakMap<Layout, RegExp>();

/** Matches the base names of all datasets that have a mark, and nothing where there are none. */
function basePattern(layout: Layout): RegExp {
  let pattern = patterns.get(layout);
  if (pattern === undefined) {
    const bases = longestFirst([...layout.markedBases.keys()]);
    pattern = new RegExp(bases.length === 0 ? '(?!)' : bases.join('|'), 'g');
    patterns.set(layout, pattern);
  }
  return pattern;
}

/** For alternatives in a regular expression, where the first that fits is taken. */
function longestFirst(texts: readonly string[]): string[] {
  return [...texts]
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
}
