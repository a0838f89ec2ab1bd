// JSONPath as Yadage's workflows use it: names, `*`, indexes, `..`, several names at once, several paths at once.
// @see jsonpath-rw 1.4
import { YadageFault } from './fault.ts';

type Segment =
  /** Members of an object. */
  | { readonly take: 'names'; readonly names: readonly string[] }
  /** All members of an object. */
  | { readonly take: 'members' }
  | { readonly take: 'index'; readonly index: number }
  | { readonly take: 'items'; readonly from: number | undefined; readonly to: number | undefined }
  /** Everything below, and the place itself. */
  | { readonly take: 'descendants' };

/** How values are opened; leaves give nothing. */
export interface Opening<Node> {
  readonly list: (node: Node) => readonly Node[] | undefined;
  readonly object: (node: Node) => Readonly<Record<string, Node>> | undefined;
}

/** @returns what the path finds, in order
 *  @throws YadageFault when the path cannot be read */
export function findByPath<Node>(path: string, root: Node, opening: Opening<Node>): readonly Node[] {
  return path.split('|').flatMap((one) => findOne(one.trim(), root, opening));
}

function findOne<Node>(path: string, root: Node, opening: Opening<Node>): readonly Node[] {
  let found: readonly Node[] = [root];
  for (const segment of segmentsOf(path)) found = found.flatMap((node) => take(node, segment, opening));
  return found;
}

function take<Node>(node: Node, segment: Segment, opening: Opening<Node>): readonly Node[] {
  switch (segment.take) {
    case 'names': {
      const members = opening.object(node);
      return segment.names.flatMap((name) => {
        const member = members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
        return member === undefined ? [] : [member];
      });
    }
    case 'members':
      return Object.values(opening.object(node) ?? {});
    case 'index': {
      const item = opening.list(node)?.at(segment.index);
      return item === undefined ? [] : [item];
    }
    case 'items':
      return opening.list(node)?.slice(segment.from, segment.to) ?? [];
    case 'descendants':
      return descendants(node, opening);
  }
}

function descendants<Node>(node: Node, opening: Opening<Node>): readonly Node[] {
  const below = opening.list(node) ?? Object.values(opening.object(node) ?? {});
  return [node, ...below.flatMap((member) => descendants(member, opening))];
}

const token =
  /\s*(?:(\$)|(\.\.)|(\.)|\[\s*(\*|-?\d*\s*:\s*-?\d*|-?\d+)\s*\]|(\*)|((?:[\w@-]+|'[^']*'|"[^"]*")(?:\s*,\s*(?:[\w@-]+|'[^']*'|"[^"]*"))*))/y;

function segmentsOf(path: string): readonly Segment[] {
  const segments: Segment[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < path.length) {
    const match = token.exec(path);
    if (match === null) throw new YadageFault(`\`${path}\` is no JSONPath that can be read`);
    const [, , deep, , bracket, star, names] = match;
    if (deep !== undefined) segments.push({ take: 'descendants' });
    else if (bracket !== undefined) segments.push(bracketSegment(bracket));
    else if (star !== undefined) segments.push({ take: 'members' });
    else if (names !== undefined)
      segments.push({
        take: 'names',
        names: names.split(',').map((name) => name.trim().replace(/^(['"])(.*)\1$/, '$2')),
      });
  }
  return segments;
}

function bracketSegment(text: string): Segment {
  if (text === '*') return { take: 'items', from: undefined, to: undefined };
  if (!text.includes(':')) return { take: 'index', index: Number(text) };
  const [from = '', to = ''] = text.split(':').map((part) => part.trim());
  return {
    take: 'items',
    from: from === '' ? undefined : Number(from),
    to: to === '' ? undefined : Number(to),
  };
}
