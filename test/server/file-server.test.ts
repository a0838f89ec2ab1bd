import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSandboxName, sandboxLimitBytes } from '../../src/server/panda/sandbox-cache.ts';
import { rigToken, sandboxName, serverRig, type ServerRig } from './rig.ts';

let rig: ServerRig;
beforeEach(async () => {
  rig = await serverRig();
});
afterEach(() => rig.close());

const archive = gzipSync('some small files');
const checksum = archive.readUInt32LE(archive.length - 8);
const day = 24 * 3600 * 1000;

const validate = (size = archive.length, crc = checksum) =>
  rig.v1('file_server/validate_cache_file', { file_size: size, checksum: crc });

describe('sandboxes', () => {
  it('are not found before they are uploaded', async () => {
    expect(await validate()).toEqual({ success: false, message: 'NOTFOUND', data: null });
  });

  it('are found again by size and checksum, for three days', async () => {
    expect(await rig.upload(sandboxName(), archive)).toEqual({ success: true, message: '', data: null });
    const found = { success: true, message: `FOUND:127.0.0.1:${sandboxName()}`, data: null };
    expect(await validate()).toEqual(found);
    expect((await validate(archive.length + 1)).message).toBe('NOTFOUND');
    expect((await validate(archive.length, checksum + 1)).message).toBe('NOTFOUND');
    rig.clock.advance(3 * day - 1000);
    expect(await validate()).toEqual(found);
    rig.clock.advance(2000);
    expect((await validate()).message).toBe('NOTFOUND');
  });

  it('are given in their latest upload when there are several of the same bytes', async () => {
    await rig.upload(sandboxName(2), archive);
    rig.clock.advance(60_000);
    await rig.upload(sandboxName(1), archive);
    expect((await validate()).message).toBe(`FOUND:127.0.0.1:${sandboxName(1)}`);
  });

  it('are downloaded without a token, byte for byte', async () => {
    await rig.upload(sandboxName(), archive);
    const answer = await fetch(`${rig.url}/cache/${sandboxName()}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe(String(archive.length));
    expect(Buffer.from(await answer.arrayBuffer()).equals(archive)).toBe(true);
  });

  it('are never overwritten', async () => {
    await rig.upload(sandboxName(), archive);
    const other = await rig.upload(sandboxName(), gzipSync('something else'));
    expect(other).toEqual({ success: false, message: 'ERROR: cannot overwrite file', data: null });
    expect(readFileSync(join(rig.directory, 'cache', sandboxName())).equals(archive)).toBe(true);
  });

  it('are readable by their owner only', async () => {
    await rig.upload(sandboxName(), archive);
    expect(statSync(join(rig.directory, 'cache', sandboxName())).mode & 0o777).toBe(0o600);
  });

  it('above the limit are refused with the words of PanDA, and nothing stays', async () => {
    const big = Buffer.alloc(sandboxLimitBytes('jobO.x') + 1);
    expect(await rig.upload(sandboxName(), big)).toEqual({
      success: false,
      message:
        'ERROR: upload failure. Exceeded size limit 11 MB > 10 MB. Please submit the job without --noBuild/--libDS since those options impose a tighter size limit',
      data: null,
    });
    expect(await rig.upload(sandboxName(), Buffer.alloc(13 * 1024 * 1024))).toMatchObject({
      message: expect.stringContaining('Exceeded size limit 14 MB > 10 MB') as string,
    });
    expect(cached(rig)).toEqual([]);
  });

  it('of build sources may be larger', async () => {
    const name = sandboxName().replace('jobO', 'sources');
    const answer = await rig.upload(name, Buffer.alloc(sandboxLimitBytes('jobO.x') + 1));
    expect(answer.success).toBe(true);
    expect(sandboxLimitBytes(name)).toBe(768 * 1024 * 1024);
  });

  it.each([
    '../../escape.tar.gz',
    'plain.tar.gz',
    '.hidden',
    `${sandboxName()}/x`,
    `a\u0000${sandboxName()}`,
    `jobO.00000000-0000-4000-8000-000000000001.tar.gz\n`,
    'server.json',
    'ü.00000000-0000-4000-8000-000000000001.tar.gz',
  ])('with the name %j are refused', async (name) => {
    const answer = await rig.upload(name, archive);
    // Multipart readers keep the last part of a path, so that one of these becomes a name of its own.
    expect(answer.success).toBe(false);
    expect(answer.message).toMatch(
      /^ERROR: upload failure\. The file name must be of the form|^Argument error/,
    );
    expect(cached(rig)).toEqual([]);
  });

  it('that arrive cut off leave nothing behind', async () => {
    const { port } = new URL(rig.url);
    const body = [
      '--x',
      `Content-Disposition: form-data; name="file"; filename="${sandboxName()}"`,
      'Content-Type: application/octet-stream',
      '',
      'half of it',
    ].join('\r\n');
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `POST /api/v1/file_server/upload_cache_file HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
            `Authorization: Bearer ${rigToken}\r\nContent-Type: multipart/form-data; boundary=x\r\n` +
            `Content-Length: 100000\r\n\r\n${body}`,
          () => socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
    await until(() => rig.lines.some((line) => line.includes('upload_cache_file')));
    await until(() => cached(rig).length === 0);
    expect(rig.lines.filter((line) => line.startsWith('error'))).toEqual([]);
    expect((await validate()).message).toBe('NOTFOUND');
  });

  it('in a broken multipart body are refused', async () => {
    const answer = await rig.post('/api/v1/file_server/upload_cache_file', '--x\r\nnonsense', {
      'content-type': 'multipart/form-data; boundary=x',
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      success: false,
      message: 'ERROR: upload failure. Unexpected end of multipart data',
      data: null,
    });
    expect(cached(rig)).toEqual([]);
    const none = await rig.v1('file_server/upload_cache_file', {});
    expect(none.message).toBe("Argument error: missing a required argument: 'file'");
  });

  it.each(['..%2f..%2fetc%2fpasswd', '%00', '.', 'server.json', `..%2fcache%2f${sandboxName()}`])(
    'are not a way to read other files: /cache/%s',
    async (path) => {
      writeFileSync(join(rig.directory, 'server-secret'), 'x');
      const answer = await fetch(`${rig.url}/cache/${path}`);
      // `.` is removed by the client, and then there is no such public address.
      expect([404, 400, 401]).toContain(answer.status);
      expect(await answer.text()).not.toContain('token":');
    },
  );

  it('have halves of killed uploads swept at the next start', async () => {
    await rig.upload(sandboxName(), archive);
    writeFileSync(join(rig.directory, 'cache', '.0.part'), 'half');
    const again = await serverRig({ dataDirectory: rig.directory });
    expect(cached(rig)).toEqual([sandboxName()]);
    await again.close();
  });
});

describe('isSandboxName', () => {
  it('wants a UUID, because downloads are public', () => {
    expect(isSandboxName('jobO.dc36eba7-66ba-4590-9e15-fa010ab4ddf7.tar.gz')).toBe(true);
    expect(isSandboxName('sources.dc36eba7-66ba-4590-9e15-fa010ab4ddf7.tar')).toBe(true);
    expect(isSandboxName('jobO.tar.gz')).toBe(false);
    expect(isSandboxName('../jobO.dc36eba7-66ba-4590-9e15-fa010ab4ddf7.tar.gz')).toBe(false);
  });
});

function cached({ directory }: ServerRig): string[] {
  try {
    return readdirSync(join(directory, 'cache'));
  } catch {
    return [];
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue(); tries += 1) {
    if (tries > 2000) throw new Error('it never became true');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
