import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';

// The floors of the house: a file imports from its own room and from lower floors. Types count.
const floors: Readonly<Record<string, number>> = {
  base: 0,
  source: 1,
  archive: 1,
  http: 1,
  settings: 1,
  prun: 1,
  workflow: 2,
  secrets: 2,
  cwl: 3,
  snakemake: 3,
  wfd: 3,
  reanaspec: 3,
  identity: 3,
  languages: 4,
  panda: 4,
  reana: 4,
  engine: 4,
  ledger: 5,
  server: 5,
  terminal: 6,
  commands: 7,
  'main.ts': 8,
};

/** Rooms that may touch the outside world, by module of Node. */
const privileges: Readonly<Record<string, readonly string[]>> = {
  'node:fs': [
    'base',
    'source',
    'archive',
    'settings',
    'secrets',
    'ledger',
    'engine',
    'server',
    'commands',
    'http',
    'panda',
    'reana',
    'main.ts',
  ],
  'node:fs/promises': [
    'archive',
    'settings',
    'identity',
    'secrets',
    'ledger',
    'engine',
    'server',
    'commands',
    'http',
    'panda',
    'reana',
  ],
  'node:worker_threads': ['engine'],
  // The keychain can hang inside of native code: it is asked from a process that can be ended.
  'node:child_process': ['engine', 'secrets'],
  'node:net': ['http', 'server'],
  'node:http': ['http', 'server'],
  'node:https': ['http', 'server'],
  'node:os': ['main.ts'],
};

const root = join(import.meta.dirname, '../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort();

interface Import {
  readonly from: string;
  /** A path below src/, or the name of a module. */
  readonly to: string;
  readonly isOurs: boolean;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)[^'"\n;]*?(?:from\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|\}\s*from\s*['"]([^'"]+)['"]/g,
    ),
  ].flatMap((match) => match[1] ?? match[2] ?? match[3] ?? []);
  return specifiers.map((specifier) => {
    const isOurs = specifier.startsWith('.');
    return {
      from: file,
      to: isOurs ? relative(root, resolve(root, dirname(file), specifier)) : specifier,
      isOurs,
    };
  });
}

const room = (file: string): string => file.split('/')[0] ?? file;
const imports = files.flatMap(importsOf);

describe('the house', () => {
  it('has a floor for every room', () => {
    expect([...new Set(files.map(room))].filter((name) => floors[name] === undefined)).toEqual([]);
  });

  it('is only climbed downwards', () => {
    const wrong = imports
      .filter(
        ({ isOurs, from, to }) =>
          isOurs && room(from) !== room(to) && (floors[room(to)] ?? 99) >= (floors[room(from)] ?? -1),
      )
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it('has no circles between files', () => {
    const targets = new Map(
      files.map((file) => [file, importsOf(file).flatMap(({ isOurs, to }) => (isOurs ? [to] : []))]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      if (done.has(file)) return;
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('touches the outside world only where that is the business of a room', () => {
    const wrong = imports
      .filter(
        ({ isOurs, from, to }) =>
          !isOurs && privileges[to] !== undefined && !privileges[to].includes(room(from)),
      )
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it('touches the disk only in such rooms, also by way of `base`', () => {
    const byWay = files.filter(
      (file) => room(file) === 'base' && importsOf(file).some(({ to }) => to === 'node:fs'),
    );
    const wrong = imports
      .filter(({ from, to }) => byWay.includes(to) && privileges['node:fs']?.includes(room(from)) !== true)
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it('takes the real clock only where commands begin', () => {
    const wrong = imports.filter(
      ({ from, to }) => to === 'base/system-clock.ts' && from !== 'commands/command-line.ts',
    );
    expect(wrong).toEqual([]);
    // What a socket may take is real time, whatever a test's clock says.
    const mayTell = ['base/system-clock.ts', 'http/direct-request.ts'];
    const tellers = files.filter(
      (file) =>
        !mayTell.includes(file) &&
        /\bDate\.now\(|\bsetTimeout\(|\bsetInterval\(|\bMath\.random\(/.test(
          readFileSync(join(root, file), 'utf8'),
        ),
    );
    expect(tellers).toEqual([]);
  });

  it('has no drawer for odds and ends', () => {
    const drawers = files.filter(
      (file) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(file) || file.endsWith('/index.ts'),
    );
    expect(drawers).toEqual([]);
  });
});
