// Credentials in the hands of the real program: renewed while it follows, shown to servers, looked at before a submission.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../http/self-signed.ts';
import type { IdentityProvider, ProviderAnswer } from '../rigs/identity-provider.ts';
import { scriptedServer, type SeenRequest, type Step } from '../rigs/server.ts';
import { SignInRig, shown } from './sign-in-rig.ts';

let rig: SignInRig;
let provider: IdentityProvider;
let env: SignInRig['env'];

beforeEach(async () => {
  rig = await SignInRig.open();
  ({ provider, env } = rig);
});
afterEach(() => rig.close());

const run: SignInRig['runSignedUp'] = (words, more) => rig.runSignedUp(words, more);

const text = (json: unknown): ProviderAnswer => ({ status: 200, json, type: 'text/plain' });
const request = (status: string) => [true, [{ request_id: 7, name: 'user.alice.x', status, errors: {} }]];
const noTasks = { success: true, message: '', data: [] };

/** The provider's server also answers for PanDA: one request that never ends. */
function serveRequest(): void {
  provider.routes.set('POST /server/panda/relay_idds_command', () => text(request('Transforming')));
  provider.routes.set('GET /api/v1/task/get_tasks_detailed_info_since', () => text(noTasks));
}

describe('a token that ends while a workflow is followed', () => {
  it('is renewed without a word', async () => {
    // Renewed after two thirds of its time: good when the following begins.
    provider.lifetimeSeconds = 30;
    expect((await run(['login'])).exitCode).toBe(0);
    provider.lifetimeSeconds = 3600;
    const tokens = new Set<string>();
    provider.routes.set('POST /server/panda/relay_idds_command', ({ headers }: IncomingMessage) => {
      tokens.add(headers.authorization ?? '');
      return text(request(tokens.size > 1 ? 'Finished' : 'Transforming'));
    });
    provider.routes.set('GET /api/v1/task/get_tasks_detailed_info_since', () => text(noTasks));
    const result = await run(['follow', '7', '--server', env['PANDA_URL_SSL'] ?? '']);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(tokens.size).toBe(2);
    expect(result.stderr).not.toMatch(/sign|token|renew/i);
  });

  it('and cannot be renewed ends the following with the way to go on', async () => {
    provider.lifetimeSeconds = 4;
    await run(['login']);
    provider.script(
      'token',
      ...Array.from({ length: 9 }, () => ({ status: 400, json: { error: 'invalid_grant' } })),
    );
    serveRequest();
    const result = await run(['follow', '7', '--server', env['PANDA_URL_SSL'] ?? '']);
    expect(result.exitCode, result.stderr).toBe(4);
    expect(result.stderr).toContain('request 7 goes on');
    expect(result.stderr).toContain('`pchain login`');
    expect(result.stderr).toContain('`pchain follow 7`');
  });

  it('and is refused early is replaced once', async () => {
    await run(['login']);
    let refused = 0;
    const tokens: string[] = [];
    provider.routes.set('POST /server/panda/relay_idds_command', ({ headers }: IncomingMessage) => {
      tokens.push(headers.authorization ?? '');
      if (refused++ === 0)
        return {
          status: 403,
          body: 'ERROR : Token authentication failed. Invalid token. Signature has expired',
        };
      return text(request('Finished'));
    });
    provider.routes.set('GET /api/v1/task/get_tasks_detailed_info_since', () => text(noTasks));
    const result = await run(['status', '7', '--server', env['PANDA_URL_SSL'] ?? '']);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(new Set(tokens).size).toBe(2);
  });
});

describe('a grid certificate', () => {
  const proxy = (): string => {
    const path = join(rig.home, 'x509up');
    copyFileSync(join(import.meta.dirname, '../identity/certificates/user.pem'), path);
    chmodSync(path, 0o600);
    return path;
  };
  const authority = (): string => {
    const path = join(rig.home, 'authority.pem');
    writeFileSync(path, selfSigned.cert);
    return path;
  };
  const subjects: (string | undefined)[] = [];
  const note = (seen: SeenRequest): void => void subjects.push(seen.clientSubject);
  const steps: readonly Step[] = [
    { method: 'GET', path: '/pchain/v1/hello', check: note, reply: { status: 404 } },
    {
      method: 'POST',
      path: '/server/panda/relay_idds_command',
      check: (seen) => {
        note(seen);
        expect(seen.headers['authorization']).toBeUndefined();
        expect(seen.headers['origin']).toBeUndefined();
      },
      reply: { json: request('Finished') },
    },
    {
      method: 'GET',
      path: '/api/v1/task/get_tasks_detailed_info_since',
      check: note,
      reply: { json: noTasks },
    },
  ];

  it.each(['SSL_CERT_FILE', 'X509_CERT_DIR'])(
    'is shown to a server whose authority %s names',
    async (variable) => {
      subjects.length = 0;
      const server = await scriptedServer(steps, { tls: { ...selfSigned, askForCertificate: true } });
      const folder = join(rig.home, 'authorities');
      mkdirSync(folder);
      copyFileSync(authority(), join(folder, '0a1b2c3d.0'));
      const result = await rig.run(['status', '7', '--server', server.origin], {
        env: {
          PANDA_AUTH: 'x509_no_grid',
          PANDA_NICKNAME: 'alice',
          X509_USER_PROXY: proxy(),
          [variable]: variable === 'SSL_CERT_FILE' ? authority() : folder,
        },
      });
      await server.finish();
      expect(result.exitCode, result.stderr).toBe(0);
      expect(result.stderr).toBe('');
      expect(subjects).toEqual(['Alice Example', 'Alice Example', 'Alice Example']);
    },
  );

  it('is shown with a warning where the server is not checked, and not at all where it is not trusted', async () => {
    const server = await scriptedServer(steps, { tls: { ...selfSigned, askForCertificate: true } });
    const words = ['status', '7', '--server', server.origin];
    const x509 = { PANDA_AUTH: 'x509_no_grid', X509_USER_PROXY: proxy() };
    const strict = await rig.run(words, { env: x509 });
    expect(strict.exitCode).toBe(5);
    expect(strict.stderr).toContain('its certificate is not trusted');
    const lax = await rig.run(words, { env: { ...x509, PANDA_VERIFY_HOST: 'off' } });
    await server.finish();
    expect(lax.exitCode, lax.stderr).toBe(0);
    expect(lax.stderr).toBe(
      'warning: certificates of servers are not checked ($PANDA_VERIFY_HOST): anybody on the way can read your token\n',
    );
  });

  it('without an organisation is refused before the server is asked', async () => {
    const result = await rig.run(['status', '7', '--server', 'https://127.0.0.1:1'], {
      env: { PANDA_AUTH: 'x509', X509_USER_PROXY: proxy(), PANDA_AUTH_VO: 'atlas' },
    });
    expect(result.exitCode).toBe(4);
    expect(result.stderr).toContain('does not say to which virtual organisation you belong');
    expect(result.stderr).toContain('voms-proxy-init -voms atlas');
  });
});

describe('before a submission', () => {
  const loop = {
    'w.cwl': `cwlVersion: v1.2
class: Workflow
requirements: {SubworkflowFeatureRequirement: {}}
inputs: []
outputs: {outDS: {type: string, outputSource: optimise/outDS}}
steps:
  optimise:
    run: body.cwl
    in: {}
    out: [outDS]
    hints: [loop]
`,
    'body.cwl': `cwlVersion: v1.2
class: Workflow
inputs: {param_mass: {type: int, default: 1}}
outputs: {outDS: {type: string, outputSource: fit/outDS}}
steps:
  fit:
    run: prun
    in:
      opt_exec: {default: "echo %{mass} %{i} > fit.txt"}
      opt_args: {default: "--outputs fit.txt --useSecrets"}
    out: [outDS]
  decide:
    run: junction
    in:
      opt_inDS: fit/outDS
      opt_exec: {default: "python decide.py %{DS1}"}
    out: []
`,
  };
  const submit = ['--cwl', 'w.cwl', '--outDS', 'user.alice.loop'];

  /** A token that nothing renews, as in CI. */
  const short = (): Record<string, string> => ({
    PANDA_AUTH_ID_TOKEN: provider.jwt({ exp: Math.floor(Date.now() / 1000) + 7200 }),
  });

  it('a loop that would outlive what it needs is refused, with the time at which it breaks', async () => {
    rig.write({ ...loop, 'decide.py': '' });
    const result = await run([...submit, '--wait'], short());
    expect(result.exitCode, result.stderr).toBe(4);
    expect(result.stderr).toMatch(
      /the loop `optimise` may outlive the PanDA sign-in \(\$PANDA_AUTH_ID_TOKEN\): it breaks in 1 h 59 min \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)/,
    );
    expect(result.stderr).toContain('--force');
    expect(result.stderr).toContain('--lasting');
    // It was asked what kind of server it is, and sent nothing.
    expect(provider.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /pchain/v1/hello']);
  });

  it('is not refused with --force, nor when the user knows that it is short', async () => {
    rig.write({ ...loop, 'decide.py': '' });
    const long = await run([...submit, '--wait', '--lasting', '3'], short());
    expect(long.exitCode).toBe(4);
    expect(long.stderr).toContain('the loop `optimise` outlives the PanDA sign-in');
    const wrong = await run([...submit, '--lasting', 'long'], short());
    expect(wrong.exitCode).toBe(2);
    const forced = await run([...submit, '--wait', '--force', '--noSubmit'], short());
    expect(forced.stderr).not.toContain('may outlive');
    const taken = await run([...submit, '--wait', '--force'], short());
    expect(taken.stderr).toContain('warning: the loop `optimise` may outlive the PanDA sign-in');
    expect(provider.seen.length).toBeGreaterThan(0);
    const known = await run([...submit, '--wait', '--fresh', '--lasting', '1'], short());
    expect(known.stderr).not.toContain('outlive');
  });

  it('every credential is listed, with its end and the step that needs it', async () => {
    rig.write({ ...loop, 'decide.py': '' });
    const file = join(rig.home, 'proxy');
    copyFileSync(join(import.meta.dirname, '../identity/certificates/user.pem'), file);
    const result = await run([...submit, '--lasting', '1'], {
      ...short(),
      PCHAIN_SECRET_FILE_X509PROXY: file,
    });
    expect(result.stderr).toMatch(/credential +from +ends +needed by\n/);
    expect(result.stderr).toMatch(/PanDA sign-in +\$PANDA_AUTH_ID_TOKEN +in 1 h 59 min .* +submission\n/);
    expect(result.stderr).toMatch(/secret X509PROXY +the environment +in \d+ d .* +optimise\/fit\n/);
  });

  it('nobody who is not signed in packs or sends anything', async () => {
    rig.write({ ...loop, 'decide.py': '' });
    const result = await run(submit);
    expect(result.exitCode).toBe(4);
    expect(result.stderr).toContain('not signed in to PanDA');
    expect(provider.seen).toEqual([]);
  });
});

describe('`pchain doctor`', () => {
  const schema = (name: string): object =>
    JSON.parse(
      readFileSync(join(import.meta.dirname, `../../schemas/${name}.schema.json`), 'utf8'),
    ) as object;
  const validate = (name: string, value: unknown): void => {
    const ajv = new Ajv({ strict: false });
    const check = ajv.compile(schema(name));
    expect(check(value), JSON.stringify(check.errors)).toBe(true);
  };

  it('finds everything in order where somebody is signed in, as text and as JSON', async () => {
    await run(['login']);
    const result = await run(['doctor']);
    expect(result.exitCode, result.stdout).toBe(0);
    expect(result.stdout).toContain('ready to submit');
    expect(shown(result.stdout)).toMatch(/ok +PanDA server +HOST answers within \d+ ms/);
    expect(result.stdout).toMatch(/ok +clock +within \d+ s of the server's/);
    const json = JSON.parse((await run(['doctor', '--json'])).stdout) as {
      ready: boolean;
      checks: unknown[];
    };
    validate('doctor', json);
    expect(json.ready).toBe(true);
    expect(json.checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'secret-store', state: 'good' }),
        expect.objectContaining({ id: 'panda-credential', state: 'good' }),
        expect.objectContaining({ id: 'disk' }),
        expect.objectContaining({ id: 'containers' }),
      ]),
    );
    const who = JSON.parse((await run(['whoami', '--json'])).stdout) as unknown;
    validate('whoami', who);
  });

  it('says that nobody is signed in, and exits as a submission would', async () => {
    const result = await run(['doctor']);
    expect(result.exitCode).toBe(4);
    expect(result.stdout).toMatch(/missing +PanDA sign-in +not signed in to PanDA/);
    expect(result.stdout).toContain('not ready: 1 missing');
  });

  it('notices a clock that is off', async () => {
    provider.nowMs = () => Date.now() + 90_000;
    expect((await run(['doctor'])).stdout).toMatch(
      /warning +clock +this machine is (89|90|91) s behind the server/,
    );
    provider.nowMs = () => Date.now() - 3_600_000;
    const result = await run(['doctor'], short());
    expect(result.stdout).toMatch(/missing +clock +this machine is 3[56]\d\d s ahead of the server/);
    expect(result.exitCode).toBe(4);
  });

  it('tells a server that does not answer in time, and goes on', async () => {
    provider.routes.set('GET /api/v1/system/is_alive', () => ({
      status: 200,
      after: new Promise((resolve) => setTimeout(resolve, 8_000)),
    }));
    const result = await run(['doctor'], short());
    expect(result.exitCode).toBe(5);
    expect(shown(result.stdout)).toMatch(/missing +PanDA server +HOST does not answer within 5 s/);
    expect(result.stdout).toContain('from $PANDA_AUTH_ID_TOKEN');
  });

  it('tells which protocol a REANA server speaks, and whom it sees', async () => {
    provider.routes.set('GET /api/ping', () => ({
      status: 200,
      json: {
        message: 'OK',
        status: '200',
        reana_server_version: '0.95.0',
        api_capabilities: ['workflow-specification-bundles-v1'],
      },
    }));
    provider.routes.set('GET /api/you', () => ({
      status: 200,
      json: { email: 'alice@example.org', username: 'alice' },
    }));
    const more = {
      ...short(),
      REANA_SERVER_URL: provider.origin,
      REANA_ACCESS_TOKEN: 'reana-token-of-alice',
    };
    const result = await run(['doctor'], more);
    expect(shown(result.stdout)).toMatch(
      /ok +REANA server +HOST: REANA 0\.95\.0, it checks specifications itself/,
    );
    expect(result.stdout).toMatch(/ok +REANA token +alice <alice@example.org>, from \$REANA_ACCESS_TOKEN/);
    expect(result.stdout).not.toContain('reana-token-of-alice');
    provider.routes.set('GET /api/you', () => ({ status: 403, json: { message: 'Token not valid.' } }));
    const refused = await run(['whoami', '--json'], more);
    expect(refused.exitCode).toBe(4);
    const who = JSON.parse(refused.stdout) as { reana: { problem: { message: string } } };
    validate('whoami', who);
    expect(who.reana.problem.message).toContain('Token not valid.');
  });

  it('on a machine without anything is ready for workflows on that machine', async () => {
    const result = await rig.run(['doctor', '--json']);
    expect(result.exitCode, result.stdout).toBe(0);
    validate('doctor', JSON.parse(result.stdout) as unknown);
    const who = await rig.run(['whoami', '--json']);
    expect(who.exitCode).toBe(0);
    validate('whoami', JSON.parse(who.stdout) as unknown);
  });

  const short = (): Record<string, string> => ({
    PANDA_AUTH_ID_TOKEN: provider.jwt({ exp: Math.floor(Date.now() / 1000) + 7200 }),
  });
});
