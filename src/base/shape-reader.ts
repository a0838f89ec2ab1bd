// Giving outside data its type, once, at the door.
import * as v from 'valibot';
import { printable } from './text.ts';

/** A function that checks a value against a shape and gives it its type. It throws a TypeError that names the
 *  place inside the value and what was there, shortened: `tasks.0.status: expected string but received 7`. */
export function shapeReader<const Shape extends v.GenericSchema>(
  shape: Shape,
): (value: unknown) => v.InferOutput<Shape> {
  return (value) => {
    const parsed = v.safeParse(shape, value);
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    const place = v.getDotPath(issue);
    const words = `expected ${issue.expected ?? 'something else'} but received ${short(issue.received)}`;
    throw new TypeError(place === null ? words : `${place}: ${words}`);
  };
}

// What was received is outside text of any length.
function short(received: string): string {
  const line = printable(received).replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
