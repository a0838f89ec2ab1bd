import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { jobToken } from '../../src/engine/weather/job-token.ts';
import { isAllowedOrigin, isOurHost, refusal } from '../../src/server/gate.ts';
import { rigToken, serverRig, type ServerRig } from './rig.ts';

describe('isOurHost', () => {
  it.each(['127.0.0.1:8080', 'localhost:8080', 'LOCALHOST:8080', '[::1]:8080'])('lets %s in', (host) => {
    expect(isOurHost(host, 8080)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '127.0.0.1',
    '127.0.0.1:8081',
    'evil.example:8080',
    'localhost.evil.example:8080',
    '127.0.0.1:8080:8080',
    '0.0.0.0:8080',
  ])('refuses %s', (host) => {
    expect(isOurHost(host, 8080)).toBe(false);
  });
});

describe('isAllowedOrigin', () => {
  it.each([
    undefined,
    'wlcg',
    'wlcg:production',
    'atlas.role',
    'http://127.0.0.1:8080',
    'http://localhost:8080',
  ])('takes %s for a VO or our own page', (origin) => {
    expect(isAllowedOrigin(origin, 8080)).toBe(true);
  });

  it.each([
    'null',
    'http://evil.example',
    'https://127.0.0.1:8080',
    'http://127.0.0.1:9090',
    'http://127.0.0.1:8080.evil.example',
    'HTTP://EVIL.example',
    'file://',
    'chrome-extension://abc',
  ])('takes %s for a foreign page', (origin) => {
    expect(isAllowedOrigin(origin, 8080)).toBe(false);
  });
});

describe('refusal', () => {
  const visit = (url: string, headers: Record<string, string> = {}) =>
    refusal(
      { url, headers: { host: '127.0.0.1:8080', ...headers }, port: 8080 },
      new Secret('the-token-itself'),
    );

  it('asks for a token everywhere but at the public addresses', () => {
    expect(visit('/api/v1/system/is_alive')).toBe('no-token');
    expect(visit('/pchain/v1/requests')).toBe('no-token');
    expect(visit('/server/panda/put_workflow_request')).toBe('no-token');
    expect(visit('/api/workflows')).toBe('no-token');
    expect(visit('/')).toBe('no-token');
    expect(visit('/pchain/v1/hello')).toBeUndefined();
    expect(visit('/pchain/v1/hello?x=1')).toBeUndefined();
    expect(visit('/api/ping?access_token=x')).toBeUndefined();
    expect(visit('/cache/jobO.x.tar.gz')).toBeUndefined();
    expect(visit('/pchain/v1/hello/../requests')).toBe('no-token');
  });

  it('takes the token from the header, and from the query for REANA only', () => {
    const bearer = { authorization: 'Bearer the-token-itself' };
    expect(visit('/pchain/v1/requests', bearer)).toBeUndefined();
    expect(visit('/pchain/v1/requests', { authorization: 'bearer the-token-itself' })).toBeUndefined();
    expect(visit('/api/workflows?access_token=the-token-itself')).toBeUndefined();
    expect(visit('/api/v1/system/is_alive?access_token=the-token-itself')).toBe('no-token');
    expect(visit('/pchain/v1/requests?access_token=the-token-itself')).toBe('no-token');
  });

  it.each(['Bearer the-token-itsel', 'Bearer the-token-itself2', 'Bearer x', 'Bearer THE-TOKEN-ITSELF'])(
    'refuses %s',
    (authorization) => {
      expect(visit('/pchain/v1/requests', { authorization })).toBe('bad-token');
    },
  );

  it('lets nobody in when the server has no token', () => {
    const headers = { host: '127.0.0.1:8080', authorization: 'Bearer ' };
    expect(refusal({ url: '/x', headers, port: 8080 }, new Secret(''))).toBe('no-token');
  });
});

describe('the door of a running server', () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await serverRig();
  });
  afterAll(() => rig.close());

  it('answers a foreign host name with 403, as a rebound DNS name would send it', async () => {
    const answer = await raw(rig, '/pchain/v1/hello', { host: 'evil.example' });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toEqual({
      error: { message: 'this server answers to 127.0.0.1 and localhost only' },
    });
  });

  it('answers a web page with 403, even with the token, and never sends CORS headers', async () => {
    const answer = await raw(rig, '/api/v1/system/is_alive', {
      origin: 'https://evil.example',
      authorization: `Bearer ${rigToken}`,
    });
    expect(answer.status).toBe(403);
    expect(answer.body).toBe('ERROR : requests of web pages are not accepted here');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('takes a VO as Origin', async () => {
    expect((await rig.get('/api/v1/system/is_alive', { origin: 'wlcg:production' })).status).toBe(200);
  });

  it("answers without token in PanDA's words to PanDA's clients, and with 401 to others", async () => {
    const v1 = await fetch(`${rig.url}/api/v1/creds/get_user_secrets`);
    expect(v1.status).toBe(200);
    expect(v1.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await v1.json()).toEqual({
      success: false,
      message: 'SSL secure connection is required',
      data: null,
    });
    const legacy = await fetch(`${rig.url}/server/panda/put_workflow_request`, { method: 'POST' });
    expect(await legacy.json()).toEqual([false, 'SSL secure connection is required']);
    const own = await fetch(`${rig.url}/pchain/v1/requests`);
    expect(own.status).toBe(401);
    expect(await own.json()).toEqual({ error: { message: 'a token is needed' } });
  });

  it('answers a wrong token with 403 and one line', async () => {
    const headers = { authorization: 'Bearer wrong-token-value' };
    const panda = await fetch(`${rig.url}/api/v1/creds/get_user_secrets`, { headers });
    expect(panda.status).toBe(403);
    expect(await panda.text()).toBe(
      'ERROR : Token authentication failed. Invalid token. the token is not the one of this server',
    );
    const own = await fetch(`${rig.url}/pchain/v1/requests`, { headers });
    expect(own.status).toBe(403);
    const reana = await fetch(`${rig.url}/api/workflows?access_token=wrong-token-value`);
    expect(reana.status).toBe(403);
    expect(await reana.json()).toEqual({ message: 'Token not valid.' });
  });

  it('keeps tokens out of its log', async () => {
    await fetch(`${rig.url}/api/workflows?access_token=${rigToken}`);
    await rig.get('/pchain/v1/requests');
    await rig.get(`/pchain/v1/${rigToken}`);
    expect(rig.lines.length).toBeGreaterThan(0);
    expect(rig.lines.join('\n')).not.toContain(rigToken);
    expect(rig.lines.join('\n')).not.toContain('access_token');
  });

  it('says who it is to everybody on this machine', async () => {
    const hello = await fetch(`${rig.url}/pchain/v1/hello`);
    expect(await hello.json()).toEqual({ product: 'pchain', version: '0.0.0-test', reana_server_url: null });
  });
});

interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** fetch does not let anybody set Host or Origin; this does. */
function raw(rig: ServerRig, path: string, headers: Record<string, string>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${rig.url}${path}`, { headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('a job under weather', () => {
  let rig: ServerRig;
  beforeAll(async () => {
    rig = await serverRig();
  });
  afterAll(() => rig.close());

  it('is let in with its own token until that ends, and meets a server that is not there for a while', async () => {
    const nowMs = rig.clock.nowMs();
    const weather = {
      seed: 1,
      token_expiry: { after_seconds: 60 },
      server_unavailable: [{ after_seconds: 10, for_seconds: 5 }],
    };
    const token = jobToken(new Secret(rigToken), weather, { submittedMs: nowMs, startedMs: nowMs }).reveal();
    const ask = (path: string) =>
      fetch(`${rig.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask('/pchain/v1/requests')).status).toBe(200);
    rig.clock.advance(12_000);
    const away = await ask('/api/v1/system/is_alive');
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await away.text()).toContain('weather: the server is not available for a while');
    // Whoever follows is no job: the server is there.
    expect((await rig.get('/pchain/v1/requests')).status).toBe(200);
    rig.clock.advance(49_000);
    const ended = await ask('/api/v1/system/is_alive');
    expect(ended.status).toBe(403);
    expect(await ended.text()).toContain('weather: the token has ended');
  });
});
