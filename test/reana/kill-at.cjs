// Loaded into a process before everything else: writes down what it does to disk and network, one line each, and kills it when
// it is about to do what it was given for so many times. A write is torn: half of it is done before.
'use strict';
const fs = require('node:fs');
const http = require('node:http');
const { syncBuiltinESMExports } = require('node:module');
const { basename } = require('node:path');

const { EFFECTS, KILL_AT } = process.env;
const [fatal, times] = JSON.parse(KILL_AT ?? '[]');
// As they are, before anything is put around them.
const { writeSync, openSync } = fs;
const log = openSync(EFFECTS, 'a');
let count = 0;

function effect(what, tear) {
  writeSync(log, `${what}\n`);
  if (what !== fatal || ++count < times) return;
  tear?.();
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

const shown = (path) => basename(String(path)).replace(/part-[0-9a-f]{12}$/, 'part-X');
const half = (data) => Buffer.from(data).subarray(0, Buffer.byteLength(data) >> 1);

function wrap(object, name, before) {
  const original = object[name];
  object[name] = function (...given) {
    before(...given);
    return original.apply(this, given);
  };
}

for (const [object, names] of [
  [fs, ['renameSync', 'unlinkSync', 'rmSync']],
  [fs.promises, ['rename', 'unlink', 'rm']],
])
  for (const name of names)
    wrap(object, name, (path) => effect(`${name.replace('Sync', '')} ${shown(path)}`));

const tornFile = (flags) => (path, data) =>
  effect(`write ${shown(path)}`, () => writeSync(openSync(path, flags), half(data)));
wrap(fs, 'writeFileSync', (path, data) =>
  typeof path === 'number'
    ? effect('write a small file', () => writeSync(path, half(data)))
    : tornFile('w')(path, data),
);
wrap(fs.promises, 'writeFile', tornFile('w'));
wrap(fs.promises, 'appendFile', tornFile('a'));
wrap(fs, 'writev', (file, chunks, position) =>
  effect('write to a part', () => writeSync(file, half(chunks[0]), 0, undefined, position)),
);

const { open } = fs.promises;
fs.promises.open = async (path, flags, ...more) => {
  if (typeof flags !== 'string' || flags === 'r') return open(path, flags, ...more);
  effect(`open ${shown(path)}`);
  const file = await open(path, flags, ...more);
  wrap(file, 'writeFile', (data) => effect(`write ${shown(path)}`, () => writeSync(file.fd, half(data))));
  wrap(file, 'sync', () => effect(`sync ${shown(path)}`));
  return file;
};

const told = new Set(['POST', 'PUT', 'DELETE']);
const asked = (request) =>
  `${request.method} ${request.path.replace(/[0-9a-f-]{36}/, 'ID').replace(/\?.*/, '')}`;
const { end, emit } = http.ClientRequest.prototype;
http.ClientRequest.prototype.end = function (...given) {
  if (told.has(this.method)) effect(`send ${asked(this)}`);
  return end.apply(this, given);
};
http.ClientRequest.prototype.emit = function (event, ...given) {
  if (event === 'response' && told.has(this.method)) effect(`answer to ${asked(this)}`);
  return emit.call(this, event, ...given);
};
syncBuiltinESMExports();
