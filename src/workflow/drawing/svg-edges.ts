// Lines between shapes: rounded at their bends, with a head that says how the step waits.
import type { Point, Route } from './layout.ts';
import { decimal } from './svg-text.ts';

const bendRadius = 8;

/** The classes of an edge, for its line and its head. */
export function edgeClasses(edge: Route['edge']): string {
  if (edge === undefined) return 'processed';
  return edge.data === 'secondary' ? `secondary ${edge.kind}` : edge.kind;
}

/** The line and the head of a route; nothing for one without a way. */
export function drawRoute(points: readonly Point[], classes: string): { line: string; head: string } {
  const end = points.at(-1);
  const before = points.at(-2);
  if (end === undefined || before === undefined) return { line: '', head: '' };
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const way = { x: (end.x - before.x) / length, y: (end.y - before.y) / length };
  const room = classes.includes('failed') ? 0 : 7;
  const stop = { x: end.x - way.x * room, y: end.y - way.y * room };
  const path = roundedPath([...points.slice(0, -1), stop]);
  const line = `<path class="edge ${classes}" d="${path}"/>`;
  // Two rails: the middle of the line is taken away again.
  const core = classes.includes('secondary') ? `<path class="core" d="${path}"/>` : '';
  return { line: line + core, head: drawHead(end, way, classes) };
}

function drawHead(end: Point, way: Point, classes: string): string {
  const at = (along: number, aside: number): string =>
    `${decimal(end.x - way.x * along - way.y * aside)} ${decimal(end.y - way.y * along + way.x * aside)}`;
  const path = classes.includes('failed')
    ? `M${at(13, -4)} L${at(5, 4)} M${at(13, 4)} L${at(5, -4)}`
    : `M${at(0.5, 0)} L${at(8.5, -4.2)} L${at(8.5, 4.2)} Z`;
  return `<path class="head ${classes}" d="${path}"/>`;
}

function roundedPath(points: readonly Point[]): string {
  const way = points.filter((point, index) => {
    const last = points[index - 1];
    return last === undefined || point.x !== last.x || point.y !== last.y;
  });
  return way
    .map((point, index) => {
      const before = way[index - 1];
      const after = way[index + 1];
      if (before === undefined) return `M${decimal(point.x)} ${decimal(point.y)}`;
      if (after === undefined) return `L${decimal(point.x)} ${decimal(point.y)}`;
      const start = towards(point, before);
      const finish = towards(point, after);
      return (
        `L${decimal(start.x)} ${decimal(start.y)} ` +
        `Q${decimal(point.x)} ${decimal(point.y)} ${decimal(finish.x)} ${decimal(finish.y)}`
      );
    })
    .join(' ');
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const share = Math.min(bendRadius, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
