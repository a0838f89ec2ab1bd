// The losses of a search on an axis: where each lies, what the axis says, and how the best one went down. For text and pictures.
import type { PointAnswer } from '../panda/search-answer.ts';

export interface LossAxis {
  /** 0 at the lowest loss, 1 at the highest; losses beyond the ends lie at the ends. */
  readonly at: (loss: number) => number;
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
}

/** Points whose loss says something. A point that failed has a loss that nobody measured. */
export function measured(
  points: readonly PointAnswer[],
): readonly (PointAnswer & { readonly loss: number })[] {
  return points.flatMap((point) =>
    point.status === 'evaluated' && point.loss !== null ? [{ ...point, loss: point.loss }] : [],
  );
}

/** `undefined`: there is nothing to show yet. */
export function lossAxis(points: readonly PointAnswer[]): LossAxis | undefined {
  const losses = measured(points).map((point) => point.loss);
  if (losses.length === 0) return undefined;
  const low = Math.min(...losses);
  const high = Math.max(...losses);
  // Over many powers of ten a straight axis shows nothing but the worst ones.
  const isLog = low > 0 && high / low > 300;
  const scale = isLog ? Math.log : (loss: number): number => loss;
  const width = scale(high) - scale(low);
  const at = (loss: number): number => {
    if (width === 0) return 0.5;
    return Math.min(1, Math.max(0, (scale(Math.max(loss, low)) - scale(low)) / width));
  };
  return { at, low, high, isLog };
}

/** The lowest loss so far after each point that was measured, by their order. */
export function bestSoFar(
  points: readonly PointAnswer[],
): readonly { readonly id: number; readonly loss: number }[] {
  let best = Infinity;
  return measured(points).map(({ id, loss }) => {
    best = Math.min(best, loss);
    return { id, loss: best };
  });
}

/** `0.000213`, `12.4`, `-11.7`, `3.1e+7`: three or four digits that count. */
export function lossText(loss: number): string {
  if (loss === 0) return '0';
  const size = Math.abs(loss);
  if (size >= 1e6 || size < 1e-4) return loss.toExponential(1);
  return String(Number(loss.toPrecision(4)));
}

/** `x 1.234, kind "b"`: a point in short. */
export function pointText(point: Readonly<Record<string, unknown>>): string {
  return Object.entries(point)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(5)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
