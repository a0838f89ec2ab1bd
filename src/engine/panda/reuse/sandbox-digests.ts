// What the files of a sandbox hold, file by file; worked out once for each request.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, readlink, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackedSandbox } from '../jobs/work-directory.ts';

export type SandboxDigests = Readonly<Record<string, string>>;

const working = new Map<string, Promise<SandboxDigests>>();

/** Digests by path; empty without a sandbox. */
export function sandboxDigests(requestDirectory: string, hasSandbox: boolean): Promise<SandboxDigests> {
  if (!hasSandbox) return Promise.resolve({});
  let digests = working.get(requestDirectory);
  if (digests === undefined) {
    digests = kept(requestDirectory).finally(() => working.delete(requestDirectory));
    working.set(requestDirectory, digests);
  }
  return digests;
}

async function kept(requestDirectory: string): Promise<SandboxDigests> {
  const path = join(requestDirectory, 'sandbox.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  // Written under another name first, so what is there is whole.
  if (text !== undefined) return JSON.parse(text) as SandboxDigests;
  const entries = await digestsBelow(await unpackedSandbox(requestDirectory), '');
  const digests = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(`${path}.part`, JSON.stringify(digests));
  await rename(`${path}.part`, path);
  return digests;
}

async function digestsBelow(directory: string, prefix: string): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) found.push(...(await digestsBelow(path, `${name}/`)));
    else if (entry.isSymbolicLink()) found.push([name, `link to ${await readlink(path)}`]);
    else found.push([name, await sha256(path)]);
  }
  return found;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
