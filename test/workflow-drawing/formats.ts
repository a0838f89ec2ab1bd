// Small readers of the formats that pictures are written in: strict enough to refuse what a real one would refuse.
import { inflateSync } from 'node:zlib';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Texts and elements in order. */
  readonly children: readonly (string | XmlElement)[];
}

/** Reads a well-formed XML document without declarations, comments and sections.
 *  @throws Error at the first thing that is not well-formed */
export function parseXml(text: string): XmlElement {
  const root: { children: (string | XmlElement)[] } = { children: [] };
  const open: { name: string; children: (string | XmlElement)[] }[] = [{ name: '', ...root }];
  const token = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let at = 0;
  while (at < text.length) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) throw new Error(`no XML at ${at}: ${text.slice(at, at + 40)}`);
    at = token.lastIndex;
    const [, close, name = '', attributes = '', empty, content] = match;
    const top = open.at(-1);
    if (top === undefined) throw new Error('nothing is open');
    if (content !== undefined) top.children.push(unescaped(content));
    else if (close === '/') {
      if (top.name !== name) throw new Error(`</${name}> closes <${top.name}>`);
      open.pop();
    } else {
      const element = { name, attributes: attributesOf(attributes), children: [] };
      top.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name ?? ''}> is not closed`);
  const elements = (open[0]?.children ?? []).filter((child) => typeof child !== 'string');
  const [first] = elements;
  if (first === undefined || elements.length > 1) throw new Error('not exactly one root');
  return first;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (Object.hasOwn(found, name)) throw new Error(`the attribute ${name} stands twice`);
    found[name] = unescaped(value);
  }
  return found;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function unescaped(text: string): string {
  // eslint-disable-next-line no-control-regex -- XML allows no others
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(text)) {
    throw new Error('a character that XML does not allow');
  }
  return text.replace(/&([^;]*;?)/g, (whole, name: string) => {
    const known = name.endsWith(';') ? entities[name.slice(0, -1)] : undefined;
    if (known === undefined) throw new Error(`unknown entity ${whole}`);
    return known;
  });
}

/** Every element below one, itself first. */
export function* elementsIn(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) if (typeof child !== 'string') yield* elementsIn(child);
}

export function textIn(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textIn(child))).join('');
}

export interface DotGraph {
  /** Labels by the name of the node. */
  readonly nodes: ReadonlyMap<string, string>;
  /** Labels by the name of the cluster. */
  readonly clusters: ReadonlyMap<string, string>;
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

/** Reads the part of the DOT language that the drawings use.
 *  @throws Error at what does not belong to it */
export function parseDot(text: string): DotGraph {
  const tokens = [...text.matchAll(/\s+|"((?:[^"\\]|\\.)*)"|->|[{}[\];,=]|[\w.]+|([^])/g)].flatMap(
    (match) => {
      if (match[2] !== undefined) throw new Error(`no DOT: ${text.slice(match.index, match.index + 30)}`);
      return /^\s/.test(match[0]) ? [] : [match[1] === undefined ? match[0] : `"${dotText(match[1])}`];
    },
  );
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const expect = (wanted: string): void => {
    const found = next();
    if (found !== wanted) throw new Error(`${found} instead of ${wanted}`);
  };
  const value = (): string => next().replace(/^"/, '');
  const attributes = (): Record<string, string> => {
    const found: Record<string, string> = {};
    if (tokens[at] !== '[') return found;
    at++;
    while (tokens[at] !== ']') {
      const name = next();
      expect('=');
      found[name] = value();
      if (tokens[at] === ',') at++;
    }
    at++;
    return found;
  };
  const nodes = new Map<string, string>();
  const clusters = new Map<string, string>();
  const edges: { from: string; to: string; attributes: Record<string, string> }[] = [];
  const body = (cluster: string): void => {
    expect('{');
    while (tokens[at] !== '}') {
      const word = value();
      if (word === 'subgraph') {
        body(value());
        continue;
      }
      if (tokens[at] === '=') {
        at++;
        const text = value();
        if (word === 'label') clusters.set(cluster, text);
      } else if (tokens[at] === '->') {
        at++;
        const to = value();
        edges.push({ from: word, to, attributes: attributes() });
      } else if (word === '') throw new Error('the end is missing');
      else {
        const found = attributes();
        if (!['graph', 'node', 'edge'].includes(word)) {
          if (nodes.has(word)) throw new Error(`the node ${word} stands twice`);
          nodes.set(word, found['label'] ?? '');
        }
      }
      expect(';');
    }
    at++;
  };
  expect('digraph');
  value();
  body('');
  if (at !== tokens.length) throw new Error('something follows the graph');
  return { nodes, clusters, edges };
}

function dotText(escaped: string): string {
  return escaped
    .replace(/\\(.)/gs, (_, sign: string) => {
      if (sign === 'n') return '\n';
      if (sign === '\\' || sign === '"') return sign;
      throw new Error(`the escape \\${sign} means something in Graphviz`);
    })
    .replace(/&amp;/g, '&');
}

export interface MermaidGraph {
  readonly nodes: ReadonlyMap<string, string>;
  readonly subgraphs: ReadonlyMap<string, string>;
  readonly edges: readonly {
    readonly from: string;
    readonly arrow: string;
    readonly label: string;
    readonly to: string;
  }[];
}

/** Reads the part of Mermaid's flowcharts that the drawings use, line by line.
 *  @throws Error at a line that does not belong to it */
export function parseMermaid(text: string): MermaidGraph {
  const lines = text.split('\n');
  if (lines[0] !== '---' || lines[2] !== '---' || lines[3] !== 'flowchart TB')
    throw new Error('no flowchart');
  JSON.parse((lines[1] ?? '').replace(/^title: /, ''));
  const nodes = new Map<string, string>();
  const subgraphs = new Map<string, string>();
  const edges: { from: string; arrow: string; label: string; to: string }[] = [];
  let depth = 0;
  for (const line of lines.slice(4).map((each) => each.trim())) {
    const node =
      /^(\w+)(?:\[|\[\/|\[\[|\[\(|\(|\(\[|\{|\{\{)"([^"]*)"(?:\]|\/\]|\]\]|\)\]|\)|\]\)|\}|\}\}):::(\w+)$/.exec(
        line,
      );
    const edge = /^(\w+) (-->|-\.->|--x)(?:\|"([^"]*)"\|)? (\w+)$/.exec(line);
    const subgraph = /^subgraph (\w+)\["([^"]*)"\]$/.exec(line);
    if (node !== null) {
      if (nodes.has(node[1] ?? '')) throw new Error(`the node ${node[1] ?? ''} stands twice`);
      nodes.set(node[1] ?? '', mermaidText(node[2] ?? ''));
    } else if (edge !== null) {
      edges.push({
        from: edge[1] ?? '',
        arrow: edge[2] ?? '',
        label: mermaidText(edge[3] ?? ''),
        to: edge[4] ?? '',
      });
    } else if (subgraph !== null) {
      subgraphs.set(subgraph[1] ?? '', mermaidText(subgraph[2] ?? ''));
      depth++;
    } else if (line === 'end') depth--;
    else if (!/^$|^class \w+ \w+$|^classDef \w+ [\w#:, -]+$|^linkStyle \d+ [\w#:,-]+$/.test(line)) {
      throw new Error(`no Mermaid: ${line}`);
    }
  }
  if (depth !== 0) throw new Error('a subgraph is not ended');
  return { nodes, subgraphs, edges };
}

function mermaidText(text: string): string {
  if (/[<>&`\\%]/.test(text.replaceAll('<br/>', ''))) throw new Error(`not escaped: ${text}`);
  return text.replaceAll('<br/>', '\n').replace(/#(\d+;)?/g, (_, code: string | undefined) => {
    if (code === undefined) throw new Error('a bare number sign');
    return String.fromCodePoint(Number.parseInt(code, 10));
  });
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha, row by row. */
  readonly bytes: Uint8Array;
}

/** Decodes a PNG file of 8 bits in four channels, not interlaced. */
export function decodePng(file: Uint8Array): Pixels {
  const view = Buffer.from(file);
  if (view.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') throw new Error('no PNG');
  const data: Buffer[] = [];
  for (let at = 8; at < view.length;) {
    const length = view.readUInt32BE(at);
    if (view.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(view.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const width = view.readUInt32BE(16);
  const height = view.readUInt32BE(20);
  if (view.readUInt8(24) !== 8 || view.readUInt8(25) !== 6 || view.readUInt8(28) !== 0)
    throw new Error('another kind of PNG');
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * 4;
  const bytes = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)] ?? 0;
    for (let index = 0; index < stride; index++) {
      const left = index < 4 ? 0 : (bytes[row * stride + index - 4] ?? 0);
      const up = row === 0 ? 0 : (bytes[(row - 1) * stride + index] ?? 0);
      const corner = row === 0 || index < 4 ? 0 : (bytes[(row - 1) * stride + index - 4] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      bytes[row * stride + index] = (raw[row * (stride + 1) + 1 + index] ?? 0) + guess;
    }
  }
  return { width, height, bytes };
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((each) => Math.abs(guess - each));
  if ((toLeft ?? 0) <= (toUp ?? 0) && (toLeft ?? 0) <= (toCorner ?? 0)) return left;
  return (toUp ?? 0) <= (toCorner ?? 0) ? up : corner;
}
