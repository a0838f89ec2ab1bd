// Speaks to the keychain of the system, in a process of its own: a call into it can hang for good inside of native code, and
// only a process can be ended then. One request a line on stdin, one answer a line on stdout.
'use strict';
const { createInterface } = require('node:readline');

/** Longer than the other side waits: only a process that nobody ends any more gets here. */
const lastResortMs = 10_000;

let keytar;
createInterface({ input: process.stdin }).on('line', (line) => void answer(JSON.parse(line)));

async function answer({ id, method, words }) {
  const lastResort = setTimeout(() => process.kill(process.pid, 'SIGKILL'), lastResortMs);
  try {
    keytar ??= load();
    const result = await keytar[method](...words);
    say({ id, result: result ?? null });
  } catch (error) {
    say({ id, error: String(error?.message ?? error), isMissing: keytar === undefined });
  } finally {
    clearTimeout(lastResort);
  }
}

function load() {
  try {
    return require('keytar');
  } catch {
    // It hides why its native part cannot be loaded; that part says it.
    return require(`keytar/prebuilds/${process.platform}-${process.arch}/keytar.node`);
  }
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
