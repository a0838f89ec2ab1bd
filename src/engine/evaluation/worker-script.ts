// What the thread of the sandbox runs. A text, because a thread is started from JavaScript as Node reads it, and this program
// is TypeScript in tests and a bundle elsewhere.

/** CommonJS; its `workerData` is described where it is started. */
export const workerScript = `'use strict';
const { workerData } = require('node:worker_threads');
const { port, timeLimitMs, memoryLimitBytes } = workerData;
const signal = new Int32Array(workerData.signal);

let quickjs;
async function runJavaScript(scripts) {
  if (quickjs === undefined) {
    const variant = require(workerData.variant);
    quickjs = await require(workerData.quickjs).newQuickJSWASMModuleFromVariant(variant.default ?? variant);
  }
  const runtime = quickjs.newRuntime();
  const deadline = performance.now() + timeLimitMs;
  runtime.setMemoryLimit(memoryLimitBytes);
  runtime.setMaxStackSize(512 * 1024);
  runtime.setInterruptHandler(() => performance.now() > deadline);
  const world = runtime.newContext();
  try {
    let json = 'null';
    for (const script of scripts) {
      const result = world.evalCode(script, 'expression.js');
      if (result.error) {
        const thrown = world.dump(result.error);
        result.error.dispose();
        return { error: wordsFor(thrown) };
      }
      const value = world.dump(result.value);
      result.value.dispose();
      json = typeof value === 'string' ? value : 'null';
    }
    return { json };
  } finally {
    world.dispose();
    runtime.dispose();
  }
}

function wordsFor(thrown) {
  if (thrown && thrown.message === 'interrupted') return 'it takes longer than ' + timeLimitMs / 1000 + ' s';
  if (thrown && typeof thrown === 'object' && 'message' in thrown) return thrown.name + ': ' + thrown.message;
  return typeof thrown === 'string' ? thrown : JSON.stringify(thrown);
}

let jq;
async function runJq(program, inputJson) {
  jq ??= await require(workerData.jq);
  try {
    const lines = (jq.raw(inputJson, program, ['-c']) ?? '').split('\\n').filter((line) => line !== '');
    return { json: '[' + lines.join(',') + ']' };
  } catch (thrown) {
    const text = String(thrown && thrown.message ? thrown.message : thrown);
    return { error: text.replace(/^Non-zero exit code: \\d+\\s*/, '').replace(/^jq: /, '').trim() };
  }
}

port.on('message', async (question) => {
  let answer;
  try {
    answer =
      question.language === 'jq'
        ? await runJq(question.program, question.inputJson)
        : await runJavaScript(question.scripts);
  } catch (thrown) {
    answer = { error: String(thrown && thrown.message ? thrown.message : thrown) };
  }
  port.postMessage(answer);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
`;
