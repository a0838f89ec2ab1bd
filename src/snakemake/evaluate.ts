// What the expressions of a Snakefile stand for, as far as it can be told without running Python.
import { closest } from '../base/closest.ts';
import type { Value } from '../workflow/model.ts';
import { pythonFloat } from '../workflow/python-number.ts';
import { modelValue } from '../workflow/value.ts';
import type { ConfigValue } from './config.ts';
import { helperModule, helperNames, reportPython, spanAt, type SnakeDocument } from './document.ts';
import type { Evaluated, Place } from './draft.ts';
import type { Argument, Expression } from './expressions.ts';

/** Evaluates an expression; what cannot be told is reported. */
export function evaluate(document: SnakeDocument, expression: Expression): Evaluated {
  return new Evaluator(document).evaluate(expression);
}

class Evaluator {
  readonly #document: SnakeDocument;

  constructor(document: SnakeDocument) {
    this.#document = document;
  }

  evaluate(expression: Expression): Evaluated {
    const { start, end } = expression;
    switch (expression.kind) {
      case 'text':
        return this.#text(expression);
      case 'number':
        return { is: 'value', value: numberOf(expression.text), start, end };
      case 'constant':
        return { is: 'value', value: expression.value, start, end };
      case 'list':
        return { is: 'list', items: expression.items.map((item) => this.evaluate(item)), start, end };
      case 'name':
        return this.#name(expression.name, expression);
      case 'attribute':
        return this.#attribute(expression);
      case 'item':
        return this.#item(expression);
      case 'call':
        return this.#call(expression);
      case 'sum':
        return this.#sum(expression);
      case 'broken':
        return { is: 'unknown', start, end };
      case 'python':
        reportPython(this.#document, expression, expression.what);
        return { is: 'unknown', start, end };
    }
  }

  #text(expression: Expression & { kind: 'text' }): Evaluated {
    const { start, end, pieces } = expression;
    let text = '';
    const places: Place[] = [];
    let isKnown = true;
    for (const piece of pieces) {
      if (piece.kind === 'text') {
        text += piece.text;
        places.push(...piece.places);
        continue;
      }
      const part = piece.isPlaceholder ? this.#placeholder(piece) : textOf(this.evaluate(piece.of));
      if (part === undefined) isKnown = false;
      else {
        text += part;
        for (let unit = 0; unit < part.length; unit++) places.push(piece);
      }
    }
    return isKnown
      ? { is: 'text', text, places, isTemplate: false, start, end }
      : { is: 'unknown', start, end };
  }

  /** `%{x}` in an f-string: Python takes the braces. */
  #placeholder(piece: Place & { readonly of: Expression }): string | undefined {
    const name = piece.of.kind === 'name' ? piece.of.name : '…';
    const message = `an f-string takes \`{${name}}\` for Python, so that \`%{${name}}\` is lost`;
    this.#document.findings.error('snakemake/wildcard', spanAt(this.#document, piece), message, {
      help: 'write the text without `f`, in `param_exp(…)`',
    });
    return undefined;
  }

  #name(name: string, place: Place): Evaluated {
    const { start, end } = place;
    if (name === 'config') {
      const { config } = this.#document;
      return config === undefined ? { is: 'unknown', start, end } : { is: 'map', config, start, end };
    }
    if (name === 'rules') return { is: 'rules', start, end };
    const nearest = closest(name, ['config', 'rules', ...helperNames, 'True', 'False', 'None']);
    const help = nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
    reportPython(this.#document, place, `\`${name}\``, help);
    return { is: 'unknown', start, end };
  }

  #attribute({ of, name, namePlace, start, end }: Expression & { kind: 'attribute' }): Evaluated {
    const owner = this.evaluate(of);
    const unknown: Evaluated = { is: 'unknown', start, end };
    if (owner.is === 'rules') {
      const rule = this.#document.rules.get(name);
      if (rule !== undefined) return { is: 'rule', rule, start, end };
      this.#reportRule(name, namePlace);
      return unknown;
    }
    if (owner.is === 'rule' && name === 'output') {
      return {
        is: 'files',
        rule: owner.rule.name,
        files: owner.rule.outputs.map(({ path }) => path),
        start,
        end,
      };
    }
    if (owner.is === 'files') {
      const named = this.#document.rules.get(owner.rule)?.outputs.find((output) => output.name === name);
      if (named !== undefined) return { is: 'files', rule: owner.rule, files: [named.path], start, end };
    }
    if (owner.is !== 'unknown') reportPython(this.#document, { start, end: namePlace.end }, `\`.${name}\``);
    return unknown;
  }

  #reportRule(name: string, place: Place): void {
    const { allRules, findings } = this.#document;
    const nearest = closest(name, allRules);
    const message = allRules.has(name)
      ? `the rule \`${name}\` stands further down, and Snakemake does not know it here yet`
      : `there is no rule \`${name}\``;
    findings.error('snakemake/unknown-rule', spanAt(this.#document, place), message, {
      help: allRules.has(name)
        ? 'move that rule up'
        : nearest === undefined
          ? undefined
          : `did you mean \`${nearest}\`?`,
    });
  }

  #item({ of, index, start, end }: Expression & { kind: 'item' }): Evaluated {
    const owner = this.evaluate(of);
    const unknown: Evaluated = { is: 'unknown', start, end };
    const key = this.evaluate(index);
    if (owner.is === 'unknown' || key.is === 'unknown') return unknown;
    const position = key.is === 'value' && typeof key.value === 'number' ? key.value : undefined;
    if (owner.is === 'files') {
      const file = position === undefined ? undefined : owner.files.at(position);
      if (file !== undefined) return { is: 'files', rule: owner.rule, files: [file], start, end };
      const count = owner.files.length;
      const message = `\`${owner.rule}\` has ${count === 1 ? 'one output' : `${count} outputs`}, and they are counted from 0`;
      this.#document.findings.error('snakemake/unknown-output', spanAt(this.#document, index), message);
      return unknown;
    }
    if (owner.is === 'map') return this.#configItem(owner.config, key, index, { start, end });
    if (owner.is === 'list' && position !== undefined) {
      const item = owner.items.at(position);
      if (item !== undefined) return { ...item, start, end };
    }
    reportPython(this.#document, { start, end }, 'this');
    return unknown;
  }

  #configItem(config: ConfigValue, key: Evaluated, place: Place, whole: Place): Evaluated {
    const { findings } = this.#document;
    if (config.kind === 'map') {
      const name = textOf(key) ?? '';
      const found = config.entries.get(name);
      if (found !== undefined) return configured(found, whole);
      const nearest = closest(name, config.entries.keys());
      const message = `the configuration has no \`${name}\``;
      findings.error('snakemake/unknown-key', spanAt(this.#document, place), message, {
        help: nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
      });
    } else if (config.kind === 'list' && key.is === 'value' && typeof key.value === 'number') {
      const found = config.items.at(key.value);
      if (found !== undefined) return configured(found, whole);
      const message = `the list in the configuration has ${config.items.length} elements, counted from 0`;
      findings.error('snakemake/unknown-key', spanAt(this.#document, place), message);
    } else {
      reportPython(this.#document, whole, 'this');
    }
    return { is: 'unknown', ...whole };
  }

  #call({ of, arguments: given, start, end }: Expression & { kind: 'call' }): Evaluated {
    const unknown: Evaluated = { is: 'unknown', start, end };
    if (of.kind === 'name' && helperNames.includes(of.name)) {
      if (!this.#document.imported.has(of.name)) this.#reportImport(of.name, of);
      return of.name === 'param_of'
        ? this.#paramOf(given, { start, end })
        : this.#paramExp(given, { start, end });
    }
    const [only, other] = given;
    if (of.kind === 'name' && of.name === 'str' && only !== undefined && other === undefined) {
      const value = this.evaluate(only.value);
      if (value.is === 'unknown') return unknown;
      if (value.is === 'text') return { ...value, start, end };
      const text = textOf(value);
      if (text !== undefined)
        return {
          is: 'text',
          text,
          places: Array.from(text, () => ({ start, end })),
          isTemplate: false,
          start,
          end,
        };
    }
    const name =
      of.kind === 'name' ? `\`${of.name}(…)\`` : of.kind === 'attribute' ? `\`.${of.name}(…)\`` : 'a call';
    const nearest = of.kind === 'name' ? closest(of.name, helperNames) : undefined;
    reportPython(
      this.#document,
      { start, end },
      name,
      nearest === undefined ? undefined : `did you mean \`${nearest}\`?`,
    );
    return unknown;
  }

  #reportImport(name: string, place: Place): void {
    const message = `\`${name}\` is not imported`;
    this.#document.findings.error('snakemake/missing-import', spanAt(this.#document, place), message, {
      help: `write \`from ${helperModule} import ${name}\` above`,
    });
  }

  #paramOf(given: readonly Argument[], place: Place): Evaluated {
    const nameArgument = given.find(
      ({ name }, index) => name === 'name' || (name === undefined && index === 0),
    );
    const sourceArgument = given.find(
      ({ name }, index) => name === 'source' || (name === undefined && index === 1),
    );
    const name = nameArgument === undefined ? undefined : this.evaluate(nameArgument.value);
    const source = sourceArgument === undefined ? undefined : this.evaluate(sourceArgument.value);
    if (name?.is === 'text' && (source === undefined || source.is === 'rule') && given.length <= 2) {
      return {
        is: 'parameter',
        name: name.text,
        rule: source?.rule.name,
        namePlace: nameArgument?.value ?? place,
        ...place,
      };
    }
    if (name?.is !== 'unknown' && source?.is !== 'unknown') {
      const message =
        '`param_of` takes the name of a parameter, and the rule it belongs to: `param_of("x", source=rules.all)`';
      this.#document.findings.error('snakemake/wrong-type', spanAt(this.#document, place), message);
    }
    return { is: 'unknown', ...place };
  }

  #paramExp(given: readonly Argument[], place: Place): Evaluated {
    const [only, other] = given;
    const value = only === undefined || other !== undefined ? undefined : this.evaluate(only.value);
    if (value?.is === 'text') return { ...value, isTemplate: true };
    if (value?.is === 'unknown') return value;
    const message = '`param_exp` takes one text: `param_exp("echo %{i}")`';
    this.#document.findings.error('snakemake/wrong-type', spanAt(this.#document, place), message);
    return { is: 'unknown', ...place };
  }

  #sum({ left, right, start, end }: Expression & { kind: 'sum' }): Evaluated {
    const [a, b] = [this.evaluate(left), this.evaluate(right)];
    if (a.is === 'text' && b.is === 'text') {
      const isTemplate = a.isTemplate && b.isTemplate;
      return {
        is: 'text',
        text: a.text + b.text,
        places: [...a.places, ...b.places],
        isTemplate,
        start,
        end,
      };
    }
    if (a.is === 'list' && b.is === 'list')
      return { is: 'list', items: [...a.items, ...b.items], start, end };
    if (a.is !== 'unknown' && b.is !== 'unknown') reportPython(this.#document, { start, end }, 'this sum');
    return { is: 'unknown', start, end };
  }
}

function configured(config: ConfigValue, place: Place): Evaluated {
  if (config.kind === 'map') return { is: 'map', config, ...place };
  if (config.kind === 'list') {
    return { is: 'list', items: config.items.map((item) => configured(item, place)), ...place };
  }
  const value = modelValue(config.node);
  if (typeof value !== 'string') return { is: 'value', value, ...place };
  const places = Array.from({ length: value.length }, () => place);
  return { is: 'text', text: value, places, isTemplate: false, ...place };
}

/** What Python's `str()` makes of it; `undefined` where that is not known, or nothing anybody means. */
export function textOf(evaluated: Evaluated): string | undefined {
  switch (evaluated.is) {
    case 'text':
      return evaluated.text;
    case 'parameter':
      return `param.${evaluated.name}`;
    case 'files':
      return evaluated.files.join(' ');
    case 'value': {
      const { value } = evaluated;
      if (value === null) return 'None';
      if (typeof value === 'boolean') return value ? 'True' : 'False';
      return typeof value === 'object' ? undefined : String(value);
    }
    default:
      return undefined;
  }
}

/** A number as the rest of the program carries it: one that Python writes otherwise is that text. */
function numberOf(written: string): Value {
  const plain = written.replaceAll('_', '').toLowerCase();
  if (/j$/.test(plain)) return written;
  const negative = plain.startsWith('-');
  const digits = negative ? plain.slice(1) : plain;
  const isWhole = /^\d+$|^0[xob]/.test(digits);
  const size = Number(digits);
  const value = negative ? -size : size;
  if (isWhole) return Number.isSafeInteger(value) ? value : plain;
  const python = pythonFloat(value);
  return python === String(value) ? value : python;
}
