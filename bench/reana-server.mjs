// The least of REANA that a transfer needs: one run, its files in a directory. Both sides of a comparison talk to it.
import { createReadStream, createWriteStream, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { crc32 } from 'node:zlib';
import { ZipFile } from 'yazl';

// REANA's checksums are made by a compiled library, and so are these.
createRequire(createRequire(import.meta.url).resolve('yazl'))('buffer-crc32').unsigned = crc32;

const [directory] = process.argv.slice(2);
const workspace = '/api/workflows/bench/workspace';
const run = { id: 'bench-run', name: 'bench.1', status: 'created', created: '', user: 'bench', progress: {} };

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://bench');
  const path = decodeURIComponent(url.pathname);
  const json = (value) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (request.method === 'POST') {
    const target = join(directory, 'uploads', url.searchParams.get('file_name'));
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
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port} ${workspace}`));

/** A directory as REANA sends it: a zip without compression, its members named from the workspace. */
function sendZip(response, name) {
  const zip = new ZipFile();
  for (const file of filesBelow(join(directory, name)))
    zip.addBuffer(readFileSync(file), relative(directory, file), { compress: false });
  zip.end();
  zip.outputStream.pipe(response.writeHead(200, { 'content-type': 'application/zip' }));
}

/** A page of the files below a name; without a name, those that were uploaded. */
function listing(query) {
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

function filesBelow(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  return found.isFile() ? [path] : readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}
