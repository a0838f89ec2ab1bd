// A Snakefile as statements: rules with their sections, directives, imports, and everything else, which is Python.
import { readArguments, type Argument } from './expressions.ts';
import { tokenize, type LexicalFault, type Token } from './tokens.ts';

interface Place {
  readonly start: number;
  readonly end: number;
}

export interface Section {
  readonly keyword: Place & { readonly text: string };
  readonly arguments: readonly Argument[];
  /** Everything behind the colon. */
  readonly content: Place;
}

export type Statement =
  | {
      readonly kind: 'rule';
      readonly keyword: Place & { readonly text: string };
      readonly name: Place & { readonly text: string };
      readonly sections: readonly Section[];
    }
  | ({ readonly kind: 'directive' } & Section)
  /** `from module import name`; `module` is empty for a plain `import`. */
  | ({ readonly kind: 'import'; readonly module: string; readonly names: readonly string[] } & Place)
  | ({ readonly kind: 'python' } & Place);

export interface Fault extends LexicalFault {
  /** Where a comma would mend it. */
  readonly comma?: number | undefined;
}

export interface Statements {
  readonly statements: readonly Statement[];
  readonly faults: readonly Fault[];
  readonly tokens: readonly Token[];
}

export function readStatements(source: string): Statements {
  const { tokens, faults } = tokenize(source);
  const reader = new StatementReader(source, tokens);
  const statements = reader.read();
  return { statements, faults: [...faults, ...reader.faults], tokens };
}

class StatementReader {
  readonly faults: Fault[] = [];
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.#source = source;
    this.#tokens = tokens;
  }

  read(): readonly Statement[] {
    const found: Statement[] = [];
    for (let token = this.#token; token.kind !== 'end'; token = this.#token) {
      if (token.kind === 'newline' || token.kind === 'dedent') {
        this.#next++;
        continue;
      }
      found.push(...this.#statement(token));
    }
    return found;
  }

  get #token(): Token {
    return this.#at(0);
  }

  #at(offset: number): Token {
    const token = this.#tokens[this.#next + offset] ?? this.#tokens.at(-1);
    return token ?? { kind: 'end', start: 0, end: 0, text: '' };
  }

  #isOperator(offset: number, text: string): boolean {
    const token = this.#at(offset);
    return token.kind === 'operator' && token.text === text;
  }

  #statement(token: Token): readonly Statement[] {
    if (token.kind === 'indent') {
      this.faults.push({
        start: token.start,
        end: this.#at(1).end,
        message: 'the line is indented without reason',
      });
      this.#next++;
      return [];
    }
    // A text alone is a remark.
    if (token.kind === 'string' && this.#at(1).kind === 'newline') {
      this.#next += 2;
      return [];
    }
    if (token.kind === 'name') {
      if (this.#at(1).kind === 'name' && this.#isOperator(2, ':')) return [this.#rule(token, this.#at(1), 3)];
      if (token.text === 'rule' || token.text === 'checkpoint') return this.#namelessRule(token);
      if (token.text === 'from' || token.text === 'import') return [this.#import(token)];
      if (this.#isOperator(1, ':')) return [{ kind: 'directive', ...this.#section(token) }];
    }
    const { start, end } = this.#skipStatement();
    return [{ kind: 'python', start, end }];
  }

  #namelessRule(keyword: Token): readonly Statement[] {
    if (!this.#isOperator(1, ':')) {
      const place = this.#skipStatement();
      const message = `a \`${keyword.text}\` begins with \`${keyword.text} NAME:\``;
      this.faults.push({ start: keyword.start, end: keyword.end, message });
      return place.end > place.start ? [] : [];
    }
    this.faults.push({
      start: keyword.start,
      end: keyword.end,
      message: 'the rule has no name',
      help: 'write `rule NAME:`',
    });
    return [this.#rule(keyword, { ...keyword, text: '' }, 2)];
  }

  #rule(keyword: Token, name: Token, length: number): Statement {
    this.#next += length;
    const sections: Section[] = [];
    if (this.#token.kind !== 'newline') this.#reportRest();
    if (this.#token.kind === 'newline') this.#next++;
    if (this.#token.kind !== 'indent') {
      this.faults.push({ start: name.start, end: name.end, message: `the rule \`${name.text}\` is empty` });
      return { kind: 'rule', keyword, name, sections };
    }
    this.#next++;
    for (let token = this.#token; token.kind !== 'dedent' && token.kind !== 'end'; token = this.#token) {
      if (token.kind === 'newline') this.#next++;
      else if (token.kind === 'string') this.#skipStatement();
      else if (token.kind === 'name' && this.#isOperator(1, ':')) sections.push(this.#section(token));
      else {
        const { start, end } = this.#skipStatement();
        const message = 'a rule consists of sections like `params:` and `shell:`';
        this.faults.push({ start, end: Math.min(end, start + this.#lineLength(start)), message });
      }
    }
    if (this.#at(0).kind === 'dedent') this.#next++;
    return { kind: 'rule', keyword, name, sections };
  }

  #lineLength(start: number): number {
    return /[^\r\n]*/.exec(this.#source.slice(start))?.[0].length ?? 0;
  }

  #reportRest(): void {
    const { start, end } = this.#token;
    this.faults.push({ start, end, message: 'the sections of a rule stand on lines of their own' });
    while (this.#token.kind !== 'newline' && this.#token.kind !== 'end') this.#next++;
  }

  /** `keyword: …`, on one line and on those that are indented below it. */
  #section(keyword: Token): Section {
    this.#next += 2;
    const inside: Token[] = [];
    let depth = 0;
    for (let token = this.#token; token.kind !== 'end'; token = this.#token) {
      if (token.kind === 'newline' && depth === 0 && this.#at(1).kind !== 'indent') break;
      if (token.kind === 'dedent' && depth === 0) break;
      if (token.kind === 'indent') depth++;
      else if (token.kind === 'dedent') depth--;
      else if (token.kind !== 'newline') inside.push(token);
      this.#next++;
      if (token.kind === 'dedent' && depth === 0) break;
    }
    if (this.#token.kind === 'newline') this.#next++;
    const start = inside[0]?.start ?? keyword.end + 1;
    const content = { start, end: inside.at(-1)?.end ?? start };
    // What stands in these is Python, and is none of ours.
    const isCode = ['run', 'onsuccess', 'onerror', 'onstart'].includes(keyword.text);
    const given = isCode ? [] : readArguments(this.#source, inside, (fault) => this.faults.push(fault));
    return { keyword, arguments: given, content };
  }

  #import(keyword: Token): Statement {
    const first = this.#next;
    const { start, end } = this.#skipStatement();
    const words = this.#tokens
      .slice(first, this.#next)
      .filter(({ kind }) => kind === 'name' || kind === 'operator');
    if (keyword.text === 'import') return { kind: 'import', module: '', names: [], start, end };
    const from = words.findIndex(({ text }) => text === 'import');
    const module = words
      .slice(1, from === -1 ? undefined : from)
      .map(({ text }) => text)
      .join('');
    const names =
      from === -1
        ? []
        : words
            .slice(from + 1)
            .filter(({ kind }) => kind === 'name')
            .map(({ text }) => text);
    return { kind: 'import', module, names, start, end };
  }

  /** To the end of the line, and of the block below it. */
  #skipStatement(): Place {
    const { start } = this.#token;
    let { end } = this.#token;
    let depth = 0;
    for (let token = this.#token; token.kind !== 'end'; token = this.#token) {
      if (token.kind === 'newline' && depth === 0 && this.#at(1).kind !== 'indent') {
        this.#next++;
        break;
      }
      if (token.kind === 'dedent' && depth === 0) break;
      if (token.kind === 'indent') depth++;
      else if (token.kind === 'dedent') depth--;
      else if (token.kind !== 'newline') end = token.end;
      this.#next++;
      if (token.kind === 'dedent' && depth === 0) break;
    }
    return { start, end: Math.max(start, end) };
  }
}
