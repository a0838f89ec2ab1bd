// `pchain completion SHELL` in the shells themselves.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from '../../src/ledger/ledger.ts';
import { CliRig } from '../rigs/cli.ts';

let rig: CliRig;
let path: string;
beforeEach(async () => {
  rig = new CliRig();
  const programs = join(rig.directory, 'programs');
  mkdirSync(programs);
  symlinkSync(join(import.meta.dirname, '../../bin/pchain.js'), join(programs, 'pchain'));
  path = `${programs}:${process.env['PATH'] ?? ''}`;
  rig.write({ 'scan one.cwl': '', 'scan.yaml': '' });
  const ledger = openLedger(rig.dataDirectory);
  const submission = { key: 'k', atMs: 1, server: 'local', files: [] };
  await ledger.append({
    kind: 'intent',
    ...submission,
    outDS: 'user.alice.scan7',
    outputs: ['user.alice.scan7.o/'],
  });
  await ledger.append({ kind: 'submitted', key: 'k', atMs: 2, requestId: 4711 });
});
afterEach(() => rig.remove());

function shell(name: string, args: readonly string[]): readonly string[] {
  const env = { PATH: path, HOME: rig.home, LANG: 'C.UTF-8', TERM: 'dumb' };
  const text = execFileSync(name, args, { cwd: rig.work, env, encoding: 'utf8' });
  return text.split('\n').filter((line) => line !== '');
}

const quoted = (word: string): string => `'${word}'`;

/** How each shell answers when Tab is pressed behind these words; its words only. */
const shells: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  bash: (words) => {
    // As readline takes them apart.
    const parts = words.flatMap((word) => word.split(/(=)/).filter((part, at) => part !== '' || at === 0));
    const list = ['pchain', ...parts].map(quoted).join(' ');
    return shell('bash', [
      ...['--norc', '-c'],
      `source <(pchain completion bash); COMP_WORDS=(${list}); COMP_CWORD=${parts.length}; _pchain; printf '%s\n' "\${COMPREPLY[@]}"`,
    ]);
  },
  zsh: (words) => {
    const list = ['pchain', ...words].map(quoted).join(' ');
    const stand = `compdef() {}; compset() {}; _files() { print -rl -- \${PREFIX#*=}*(N) }; _describe() { print -rl -- "\${(@)\${(P)\${@[-1]}}%%:*}" }`;
    return shell('zsh', [
      '-fc',
      `${stand}; source <(pchain completion zsh); words=(${list}); CURRENT=$#words; PREFIX=$words[-1]; _pchain`,
    ]).map((word) => word.replace(/^--\w+=/, ''));
  },
  fish: (words) =>
    shell('fish', [
      ...['--no-config', '-c'],
      `pchain completion fish | source; complete -C "pchain ${words.join(' ')}"`,
    ]).map((line) => (line.split('\t')[0] ?? '').replace(/^--\w+=/, '').replaceAll('\\ ', ' ')),
};

for (const [name, ask] of Object.entries(shells)) {
  const isThere = ((): boolean => {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();
  if (!isThere && process.env['PCHAIN_REQUIRE_SHELLS'] === '1')
    throw new Error(`\`${name}\` is not installed`);

  describe.skipIf(!isThere)(`${name}${isThere ? '' : ' (not installed)'}`, () => {
    it('completes commands, options, their values, files, and what was submitted', () => {
      expect(ask(['stat'])).toEqual(['status']);
      expect(ask(['reana', 'down'])).toEqual(['download']);
      expect(ask(['--outD'])).toEqual(['--outDS']);
      expect(ask(['graph', 'scan.yaml', '--for'])).toEqual(['--format']);
      expect(ask(['graph', '--format', 'mer'])).toEqual(['mermaid']);
      expect(ask(['graph', '--format=mer'])).toEqual(['mermaid']);
      expect(ask(['--cwl', 'sc'])).toEqual(['scan one.cwl', 'scan.yaml']);
      expect(ask(['--cwl=sc'])).toEqual(['scan one.cwl', 'scan.yaml']);
      expect(ask(['follow', '47'])).toEqual(['4711']);
      expect(ask(['--cwl', 'scan.yaml', '--outDS', 'us'])).toEqual(['user.alice.scan7']);
      expect(ask(['completion', 'f'])).toEqual(['fish']);
      expect(ask(['help', 'exit'])).toEqual(['exit-codes']);
      expect(ask(['status', '--nothing'])).toEqual([]);
    }, 60_000);
  });
}

it('knows codes of findings, and the runs on REANA that were offloaded from here', async () => {
  const journal = {
    version: 1,
    phase: 'started',
    key: 'k',
    fingerprint: 'f',
    server: 'https://reana.example.org',
    runId: 'x',
    runName: 'fit.3',
  };
  rig.write({ '.pchain-reana-fit.json': JSON.stringify(journal), '.pchain-reana-torn.json': '{' });
  const words = async (...typed: readonly string[]): Promise<readonly string[]> =>
    (await rig.run(['complete-words', '--', ...typed])).stdout
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');
  expect(await words('reana', 'logs', '-w', 'f')).toEqual(['fit.3', '']);
  expect(await words('reana', 'run', '--resume=')).toEqual(['--resume=fit.3', '']);
  expect(await words('explain', 'reana/workdir')).toEqual(['reana/workdir-in-process', '']);
}, 20_000);

it('asks no server and starts none, whatever is typed', async () => {
  for (const words of [['follow', ''], ['--server', ''], ['--', '-q'], ['reana', 'logs', '-w', ''], []]) {
    const answer = await rig.run(['complete-words', '--', ...words]);
    expect(answer.exitCode, answer.stderr).toBe(0);
    expect(answer.stderr).toBe('');
  }
  expect(rig.serverPid()).toBeUndefined();
  expect((await rig.run(['completion', 'tcsh'])).exitCode).toBe(2);
});
