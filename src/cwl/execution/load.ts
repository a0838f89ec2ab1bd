// Documents to processes that can be run: imports inlined, names made short, files beside a document found from anywhere.
import type { ReadText } from '../../base/read-text.ts';
import { Findings } from '../../base/finding.ts';
import { readTree, type TreeNode } from '../../source/tree.ts';
import type { Value } from '../../workflow/model.ts';
import { knownVersions, type CwlVersion } from '../fields.ts';
import { CwlFault, CwlUnsupported } from './fault.ts';
import { inputsIn, numbersIn } from './document-value.ts';
import { pathIn } from './places.ts';
import type { Process, Step, StepInput } from './process.ts';
import { readRequirements, typeDefinitions } from './requirements.ts';
import { entriesOf, readPort, shortId, type TypeDefinitions } from './types.ts';
import { asText, isItem, isList, isRecord, listOf, recordIn, textIn } from './values.ts';
import type { Values } from './values.ts';

/** Reads processes from documents; each document is read once. */
export class ProcessLoader {
  readonly #readText: ReadText;
  readonly #documents = new Map<string, Values>();

  /** @param readText takes absolute paths */
  constructor(readText: ReadText) {
    this.#readText = readText;
  }

  /** @param path absolute, with `#name` behind it for one of several processes; without it `#main` is meant
   *  @throws CwlFault when it cannot be read, or is no process */
  load(path: string): Process {
    const hash = path.indexOf('#');
    const file = hash === -1 ? path : path.slice(0, hash);
    const document = this.#document(file);
    return this.process(document, file, hash === -1 ? undefined : path.slice(hash + 1));
  }

  /** A file of inputs. */
  value(file: string): Value {
    return inputsIn(this.#tree(file));
  }

  process(document: Values, file: string, name: string | undefined): Process {
    const version = versionOf(document, file);
    const graph = document['$graph'];
    if (!isList(graph)) return this.#read(document, file, version, [], []);
    const wanted = name ?? 'main';
    const members = graph.filter(isRecord);
    const found = members.find((member) => shortId(textIn(member, 'id') ?? '') === shortId(wanted));
    if (found !== undefined) return this.#read(found, file, version, [], []);
    const [only] = members;
    if (name === undefined && members.length === 1 && only !== undefined)
      return this.#read(only, file, version, [], []);
    throw new CwlFault(`there is no process \`${wanted}\` in \`${file}\``);
  }

  #document(file: string): Values {
    const known = this.#documents.get(file);
    if (known !== undefined) return known;
    const value = this.#inlined(numbersIn(this.#tree(file)), file, 0);
    if (!isRecord(value)) throw new CwlFault(`\`${file}\` is no CWL document`);
    this.#documents.set(file, value);
    return value;
  }

  #tree(file: string): TreeNode {
    const findings = new Findings();
    const tree = readTree(file, this.#text(file), findings);
    const fault = findings.sorted().find((finding) => finding.severity === 'error');
    if (tree === undefined || fault !== undefined)
      throw new CwlFault(`\`${file}\` cannot be read: ${fault?.message ?? 'it has no content'}`);
    return tree;
  }

  #text(file: string): string {
    const read = this.#readText(file);
    if (!read.ok) throw new CwlFault(`\`${file}\` ${read.detail}`);
    return read.text;
  }

  /** Imports and includes in their places; paths of files and of processes absolute, as seen from `file`. */
  #inlined(value: Value, file: string, depth: number): Value {
    if (depth > 200) throw new CwlFault(`\`${file}\` imports itself, or is nested too deeply`);
    if (isList(value)) return value.map((member) => this.#inlined(member, file, depth + 1));
    if (!isRecord(value)) return value;
    const imported = textIn(value, '$import');
    if (imported !== undefined) {
      const { path } = splitAddress(pathIn(file, imported));
      return this.#inlined(numbersIn(this.#tree(path)), path, depth + 1);
    }
    const included = textIn(value, '$include');
    if (included !== undefined) return this.#text(pathIn(file, included));
    const inside = Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        name === 'run' && typeof member === 'string'
          ? pathIn(file, member)
          : this.#inlined(member, file, depth + 1),
      ]),
    );
    return isItem(inside) ? withPlace(inside, file) : inside;
  }

  #read(
    written: Values,
    file: string,
    version: CwlVersion,
    outerRequirements: readonly Values[],
    outerHints: readonly Values[],
  ): Process {
    const root = this.#documents.get(file) ?? written;
    const own = textIn(written, 'cwlVersion') === undefined ? version : versionOf(written, file);
    const requirements = [...outerRequirements, ...readRequirements(written['requirements'], true)];
    const hints = [...outerHints, ...readRequirements(written['hints'], false)];
    const definitions = typeDefinitions(requirements, hints);
    const base = {
      version: own,
      requirements,
      hints,
      definitions,
      namespaces: recordIn(root, '$namespaces'),
      hasOntology: listOf(root['$schemas']).length > 0,
      inputs: ports(written['inputs'], definitions),
      outputs: ports(written['outputs'], definitions),
    };
    switch (written['class']) {
      case 'CommandLineTool':
        return { ...base, class: 'CommandLineTool', tool: written };
      case 'ExpressionTool':
        return { ...base, class: 'ExpressionTool', expression: textIn(written, 'expression') ?? '' };
      case 'Workflow':
        return {
          ...base,
          class: 'Workflow',
          steps: entriesOf(written['steps'], 'id', undefined).map((step) =>
            this.#step(step, file, own, requirements, hints),
          ),
        };
      case 'Operation':
        throw new CwlUnsupported('an `Operation` has nothing to run');
      default:
        throw new CwlFault(`\`${file}\` has no process: \`class\` is \`${asText(written['class'])}\``);
    }
  }

  #step(
    written: Values,
    file: string,
    version: CwlVersion,
    outerRequirements: readonly Values[],
    outerHints: readonly Values[],
  ): Step {
    const requirements = [...outerRequirements, ...readRequirements(written['requirements'], true)];
    const hints = [...outerHints, ...readRequirements(written['hints'], false)];
    const { run } = written;
    const process =
      typeof run === 'string'
        ? this.#elsewhere(run, requirements, hints)
        : this.#read(isRecord(run) ? run : {}, file, version, requirements, hints);
    return {
      id: shortId(textIn(written, 'id') ?? ''),
      inputs: entriesOf(written['in'], 'id', 'source').map(readStepInput),
      outputs: listOf(written['out']).map((output) =>
        shortId(isRecord(output) ? (textIn(output, 'id') ?? '') : asText(output)),
      ),
      scatter: listOf(written['scatter']).map((name) => shortId(asText(name))),
      scatterMethod: textIn(written, 'scatterMethod'),
      when: written['when'] ?? undefined,
      version,
      requirements,
      hints,
      process,
    };
  }

  #elsewhere(address: string, requirements: readonly Values[], hints: readonly Values[]): Process {
    const { path, name } = splitAddress(address);
    const document = this.#document(path);
    const version = versionOf(document, path);
    const graph = document['$graph'];
    const target = isList(graph)
      ? graph
          .filter(isRecord)
          .find((member) => shortId(textIn(member, 'id') ?? '') === shortId(name ?? 'main'))
      : document;
    if (target === undefined) throw new CwlFault(`there is no process \`${name ?? 'main'}\` in \`${path}\``);
    return this.#read(target, path, version, requirements, hints);
  }
}

function versionOf(document: Values, file: string): CwlVersion {
  const text = textIn(document, 'cwlVersion') ?? '';
  const version = knownVersions.find((known) => known === text);
  if (version === undefined) throw new CwlUnsupported(`\`${file}\` is of CWL version \`${text}\``);
  return version;
}

function splitAddress(address: string): { readonly path: string; readonly name: string | undefined } {
  const hash = address.indexOf('#');
  return hash === -1
    ? { path: address, name: undefined }
    : { path: address.slice(0, hash), name: address.slice(hash + 1) };
}

/** A file or directory of a document is found from the document. */
function withPlace(item: Values, file: string): Values {
  const { path, ...rest } = item;
  const place = textIn(item, 'location') ?? (typeof path === 'string' ? path : undefined);
  return place === undefined ? item : { ...rest, location: pathIn(file, place) };
}

function ports(written: Value | undefined, definitions: TypeDefinitions): Process['inputs'] {
  return entriesOf(written, 'id', 'type').map((port) => readPort(port, 'id', definitions));
}

function readStepInput(written: Values): StepInput {
  return {
    id: shortId(textIn(written, 'id') ?? ''),
    sources: listOf(written['source']).map(asText),
    settings: written,
  };
}
