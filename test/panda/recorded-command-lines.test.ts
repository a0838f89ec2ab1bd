// The command lines that the official client refused, or did nothing for, given to the real binary.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RemotePanda } from '../rigs/remote-panda.ts';
import { describeWithShared, sharedPath } from '../rigs/shared.ts';
import { recordedLine } from './recorded.ts';
import { commandLines } from './recorded-command-lines.ts';

let remote: RemotePanda;
beforeEach(() => {
  remote = new RemotePanda();
});
afterEach(() => remote.finish());

const folder = sharedPath('recordings', 'panda');

describeWithShared('a recorded command line', () => {
  const recorded = readdirSync(folder).map((name) => name.replace(/\.json$/, ''));
  const lines = Object.entries(commandLines).flatMap(([name, line]) =>
    recorded
      .filter(
        (file) => file.replace(/\.(?:curl|native)$/, '') === name && recordedLine(file).requests.length === 0,
      )
      .map((file) => [file, line] as const),
  );

  it('is in the list for each that came to no request', () => {
    const without = recorded.filter(
      (file) => file.startsWith('pchain_') && recordedLine(file).requests.length === 0,
    );
    expect(lines.map(([file]) => file).toSorted()).toEqual(without.toSorted());
  });

  it.each(lines)('%s', async (file, { exitCode, says, files = {}, claims = {}, without = [] }) => {
    const recording = recordedLine(file);
    remote.cli.write({
      'test.cwl': readFileSync(sharedPath('corpus', 'panda-cwl', 'test.cwl'), 'utf8'),
      'simple_chain.yaml': readFileSync(sharedPath('corpus', 'wfd', 'simple_chain.yaml'), 'utf8'),
      'dummy.yaml': '',
      'tok.txt': 'x',
    });
    for (const [name, content] of Object.entries(files))
      writeFileSync(
        join(remote.cli.work, name),
        typeof content === 'number' ? randomBytes(content) : content,
      );
    const [, ...words] = recording.command.split(/\s+/).filter((word) => word !== '');
    const { PANDA_URL_SSL: _ssl, PANDACACHE_URL: _cache, PANDA_URL: _url, ...recordedEnv } = recording.env;
    const env = Object.fromEntries(
      Object.entries(recordedEnv).map(([name, value]) => [
        name,
        value.replace('<jwt>', tokenOf(claims)).replace('<home>', remote.cli.home),
      ]),
    );
    const result = await remote.offline(
      words.filter((word) => !without.includes(word)),
      env,
    );
    expect([result.exitCode, result.stdout + result.stderr]).toEqual([
      exitCode,
      expect.stringContaining(says),
    ]);
  });
});

/** A token that nobody signed, of the user `alice`. */
function tokenOf(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: 4e9, preferred_username: 'alice', ...claims })}.x`;
}
