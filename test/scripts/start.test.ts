import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

// A program of two chunks, started as the built one is.
let directory: string;
const mainChunk = `const { greeting } = require('./words.cjs');
exports.main = () => console.log(greeting(), require('node:path').basename(moduleUrl));`;
const wordsChunk = `exports.greeting = () => 'good morning';`;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pchain-start-'));
  copyFileSync(join(import.meta.dirname, '../../scripts/start.cjs'), join(directory, 'start.cjs'));
  writeFileSync(join(directory, 'main.cjs'), mainChunk);
  writeFileSync(join(directory, 'words.cjs'), wordsChunk);
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs the program; the last line says how many chunks came out of the cache. */
function run(options: { readonly write?: boolean; readonly flags?: readonly string[] } = {}): string {
  const script = `const { main, fromCache, writeCache } = require(${JSON.stringify(join(directory, 'start.cjs'))});
    main();
    console.log(fromCache());
    ${options.write === true ? 'writeCache();' : ''}`;
  const { stdout, stderr } = spawnSync(process.execPath, [...(options.flags ?? []), '-e', script], {
    encoding: 'utf8',
  });
  return stdout + stderr;
}

const cacheFile = (): string => join(directory, 'code-cache');
const greeted = (chunks: number): string => `good morning main.cjs\n${chunks}\n`;

describe('the code cache', () => {
  it('is not needed', () => {
    expect(run()).toBe(greeted(0));
  });

  it('gives every chunk to the next start, and leaves no other file', () => {
    expect(run({ write: true })).toBe(greeted(0));
    expect(run()).toBe(greeted(2));
    expect(readdirSync(directory).sort()).toEqual(['code-cache', 'main.cjs', 'start.cjs', 'words.cjs']);
  });

  it('keeps what it has when it is written again', () => {
    run({ write: true });
    expect(run({ write: true })).toBe(greeted(2));
    expect(run()).toBe(greeted(2));
  });

  it('is left aside by any other Node', () => {
    run({ write: true });
    const bytes = readFileSync(cacheFile());
    writeFileSync(cacheFile(), bytes.toString('latin1').replace(process.version, 'v20.0.0'), 'latin1');
    expect(run()).toBe(greeted(0));
  });

  it('is left aside when V8 is told to work in another way', () => {
    run({ write: true });
    expect(run({ flags: ['--no-opt'] })).toBe(greeted(0));
  });

  it.each([0, 1, 20, 500])('is left aside when it is cut after %i bytes', (length) => {
    run({ write: true });
    writeFileSync(cacheFile(), readFileSync(cacheFile()).subarray(0, length));
    expect(run()).toBe(greeted(0));
  });

  it('is left aside when it is something else', () => {
    writeFileSync(cacheFile(), 'null\n');
    expect(run()).toBe(greeted(0));
  });

  it('does not fit a chunk that has changed', () => {
    run({ write: true });
    writeFileSync(join(directory, 'words.cjs'), `exports.greeting = () => 'good evening';  // later`);
    expect(run()).toBe('good evening main.cjs\n1\n');
  });
});
