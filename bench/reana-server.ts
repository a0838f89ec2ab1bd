// The least of REANA that a transfer needs: one run, its files in a directory. Both sides of a comparison talk to it.
import { createReadStream, createWriteStream, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { storedZip, type ZipMember } from '../src/archive/stored-zip.ts';

const [, , directory = '.'] = process.argv;
const workspace = '/api/workflows/bench/workspace';
const run = { id: 'bench-run', name: 'bench.1', status: 'created', created: '', user: 'bench', progress: {} };

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '', 'http://bench');
  const path = decodeURIComponent(url.pathname);
  const json = (value: unknown): unknown =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (request.method === 'POST') {
    const target = join(directory, 'uploads', url.searchParams.get('file_name') ?? '');
    mkdirSync(dirname(target), { recursive: true });
    request.pipe(createWriteStream(target)).on('finish', () => json({ message: 'uploaded' }));
  } else if (path === '/api/you') json({ email: 'bench@localhost', username: 'bench' });
  else if (path === '/api/ping') json({ message: 'OK', status: '200' });
  else if (/^\/api\/workflows\/[^/]+\/status$/.test(path)) json(run);
  else if (/^\/api\/workflows\/[^/]+\/workspace$/.test(path)) json(listing(url.searchParams));
  else {
    const name = path.replace(/^\/api\/workflows\/[^/]+\/workspace\//, '');
    const file = join(directory, name);
    if (statSync(file).isDirectory()) {
      sendZip(response, name);
      return;
    }
    const headers = { 'content-type': 'application/octet-stream', 'content-length': statSync(file).size };
    createReadStream(file, { highWaterMark: 1 << 18 }).pipe(response.writeHead(200, headers));
  }
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${port} ${workspace}`);
});

/** A directory as REANA sends it: a zip without compression, its members named from the workspace. */
function sendZip(response: ServerResponse, name: string): void {
  response.writeHead(200, { 'content-type': 'application/zip' });
  Readable.from(storedZip(membersBelow(name)), { objectMode: false }).pipe(response);
}

function* membersBelow(name: string): Generator<ZipMember, void, void> {
  for (const file of filesBelow(join(directory, name))) {
    const content = readFileSync(file);
    yield { name: relative(directory, file), sizeBytes: content.length, content };
  }
}

/** A page of the files below a name; without a name, those that were uploaded. */
function listing(query: URLSearchParams): object {
  const asked = query.get('file_name');
  const base = asked === null ? join(directory, 'uploads') : directory;
  const start = join(base, asked ?? '');
  const all = filesBelow(start).map((file) => ({
    name: relative(base, file),
    size: { raw: statSync(file).size },
  }));
  const size = Number(query.get('size'));
  const from = (Number(query.get('page')) - 1) * size;
  return { items: all.slice(from, from + size), has_next: from + size < all.length };
}

function filesBelow(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isFile() ? [path] : readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}
