// The real binary against a remote PanDA, which is a script: what it asks is checked, what it is answered is up to the test.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CliRig, type CliResult } from './cli.ts';
import { scriptedServer, type ScriptedServer, type Step } from './server.ts';
import { oneStep } from './one-step.ts';

export class RemotePanda {
  readonly cli = new CliRig();
  #server: ScriptedServer | undefined;

  /** Runs `pchain`. The server is asked for nothing but these steps, in their order. */
  async pchain(
    steps: readonly Step[],
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<CliResult> {
    await this.#server?.finish();
    this.#server = await scriptedServer([hello, ...steps]);
    return this.#run(this.#server.origin, args, env);
  }

  /** The same for the server of the call before: its address stays, its script is new. */
  async again(steps: readonly Step[], args: readonly string[]): Promise<CliResult> {
    const port = this.#server?.port;
    await this.#server?.finish();
    this.#server = await scriptedServer([hello, ...steps], { port });
    return this.#run(this.#server.origin, args, {});
  }

  /** Runs `pchain` where nothing may be asked: there is no server. */
  offline(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
    return this.#run('http://127.0.0.1:9', args, env);
  }

  #run(origin: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<CliResult> {
    const bin = join(this.cli.directory, 'bin');
    return this.cli.run(args, {
      env: {
        PATH: `${bin}:/usr/bin:/bin`,
        PANDA_URL_SSL: `${origin}/server/panda`,
        PANDA_AUTH: 'oidc',
        PANDA_AUTH_VO: 'wlcg',
        PANDA_AUTH_ID_TOKEN: 'token-of-alice',
        ...env,
      },
    });
  }

  /** A stand-in for a program that the user has installed; what it is asked is written into `asked`. */
  install(program: string, script: string): void {
    const bin = join(this.cli.directory, 'bin');
    mkdirSync(bin, { recursive: true });
    const asked = join(this.cli.directory, 'asked');
    writeFileSync(join(bin, program), `#!/bin/sh\necho "$@" >> ${asked}\n${script}\n`);
    chmodSync(join(bin, program), 0o755);
  }

  /** @throws Error when the script was not followed */
  async finish(): Promise<void> {
    this.cli.remove();
    await this.#server?.finish();
    this.#server = undefined;
  }
}

const hello: Step = { method: 'GET', path: '/pchain/v1/hello', reply: { status: 404, body: '' } };
export const relay = (status: string): Step => ({
  method: 'POST',
  path: '/server/panda/relay_idds_command',
  reply: { json: [true, [{ request_id: 7, name: 'user.alice.x', status, errors: {} }]] },
});
export const tasks = (...found: object[]): Step => ({
  method: 'GET',
  path: '/api/v1/task/get_tasks_detailed_info_since',
  reply: { json: { success: true, message: '', data: found } },
});
export const task = (step: string, more: object): object => ({
  jediTaskID: 40_000_001,
  taskName: `user.alice.x_000_${step}/`,
  nFiles: 10,
  nFilesFinished: 8,
  nFilesFailed: 2,
  ...more,
});
export const jobs = (...found: object[]): Step => ({
  method: 'GET',
  path: '/api/v1/task/get_job_descriptions',
  reply: { json: { success: true, message: '', data: found } },
});
/** A workflow of one step, `top`. */
export const smallWorkflow = oneStep('echo hi > o.txt', '--outputs o.txt');
export const sandboxThere: Step = {
  method: 'POST',
  path: '/api/v1/file_server/validate_cache_file',
  reply: {
    json: {
      success: true,
      message: 'FOUND:127.0.0.1:jobO.00000000-0000-4000-8000-000000000001.tar.gz',
      data: null,
    },
  },
};
export const cutSubmission: Step = {
  method: 'POST',
  path: '/server/panda/put_workflow_request',
  reply: { reset: 'at once' },
};
export const requests = (...names: string[]): Step => ({
  method: 'POST',
  path: '/server/panda/relay_idds_command',
  check: (seen) => expect(new URLSearchParams(seen.body.toString()).get('kwargs')).toBe('{}'),
  reply: {
    json: [true, names.map((name, index) => ({ request_id: 10 + index, name, status: 'New', errors: {} }))],
  },
});
