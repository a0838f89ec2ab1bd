// Starts the program that lies in this folder: the build puts this file beside the chunks it makes.
//
// A short command spends more time on compiling than on working. So the build also leaves V8's code cache here: the
// chunks a check needs, compiled. It fits the one version of Node that built it. With any other, or when the file is
// missing or cut short, code is compiled as usual: that is slower, and nothing else.
'use strict';
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const cacheFile = join(__dirname, 'code-cache');
const requireOther = createRequire(__filename);
const builtFor = `${process.version} ${process.arch}`;

suitShortCommands();
const cache = readCache();
/** Exports of the chunks that are loaded, by file name. */
const loaded = new Map();
const scripts = new Map();

/** Runs the command line of this process. */
exports.main = (name) => load('main.cjs').main(name);

/** Writes the compiled code of every chunk this process has loaded: what it ran is in it, functions it never called are not. */
exports.writeCache = () => {
  const places = {};
  const parts = [];
  let size = 0;
  for (const [name, script] of scripts) {
    const data = script.createCachedData();
    places[name] = [size, size + data.length];
    parts.push(data);
    size += data.length;
  }
  const header = JSON.stringify({ builtFor, size, places });
  // Renamed into place: a process that starts meanwhile finds all of it or nothing.
  const unfinished = `${cacheFile}.${process.pid}`;
  writeFileSync(unfinished, Buffer.concat([Buffer.from(`${header}\n`), ...parts]));
  renameSync(unfinished, cacheFile);
};

/** How many of the loaded chunks came out of the cache. */
exports.fromCache = () =>
  [...scripts].filter(([name, script]) => cache.has(name) && script.cachedDataRejected === false).length;

/** Three habits of Node 20 suit servers and cost a check of a thousand steps two fifths of its CPU time. It hands functions to
 *  its optimizing compiler early, for code that has not much left to do; it doubles the room for young objects in many small
 *  steps, copying all of them each time; and it shares that copying out among threads. Functions that stay hot are optimized
 *  all the same. */
function suitShortCommands() {
  if (!process.version.startsWith('v20.')) return;
  // Changed flags keep Node from using the compiled form of its own modules, so those that will be needed are loaded first.
  void [process.stdin, process.stdout, process.stderr];
  if (connects(process.argv.slice(2)))
    for (const name of ['child_process', 'https', 'perf_hooks', 'zlib']) require(`node:${name}`);
  setFlagsFromString('--interrupt-budget=1000000');
  setFlagsFromString('--semi-space-growth-factor=16');
  setFlagsFromString('--no-parallel-scavenge');
}

/** Whether a command line will speak to a server. A wrong guess costs a few milliseconds, and nothing else. */
function connects(words) {
  const looksOnly = ['check', 'explain', 'forecast', 'graph', 'help'].includes(words[0] ?? 'help');
  return !looksOnly && !words.some((word) => ['--check', '--help', '-h', '--version', '-V'].includes(word));
}

function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const filename = join(__dirname, name);
  // Chunks are ASCII; V8 takes them without decoding.
  const source = readFileSync(filename, 'latin1');
  const script = new Script(`(function (exports, require, module, moduleUrl) {${source}\n})`, {
    filename,
    cachedData: cache.get(name),
  });
  const module = { exports: {} };
  loaded.set(name, module);
  scripts.set(name, script);
  script.runInThisContext()(module.exports, requireFrom, module, pathToFileURL(filename).href);
  return module.exports;
}

function requireFrom(name) {
  return name.startsWith('./') ? load(name.slice(2)) : requireOther(name);
}

/** Compiled code by chunk; empty when there is none for this Node. */
function readCache() {
  try {
    const bytes = readFileSync(cacheFile);
    const headerEnd = bytes.indexOf(0x0a);
    const header = JSON.parse(bytes.toString('latin1', 0, headerEnd));
    const data = bytes.subarray(headerEnd + 1);
    if (header.builtFor !== builtFor || header.size !== data.length) return new Map();
    return new Map(
      Object.entries(header.places).map(([name, [start, end]]) => [name, data.subarray(start, end)]),
    );
  } catch {
    return new Map();
  }
}
