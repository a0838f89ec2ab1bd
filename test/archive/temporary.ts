// A fresh directory for one test, gone afterwards.
import {
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  mkdirSync,
  writeFileSync,
  lstatSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export function temporaryDirectory(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'pchain-archive-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Writes files below a directory; a name that ends in `/` is a directory. */
export function plant(directory: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, content);
  }
}

/** Everything below a directory: name to content, `-> target` for links, `/` for directories. */
export function tree(directory: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(join(directory, below)).sort()) {
    const name = below === '' ? entry : `${below}/${entry}`;
    const path = join(directory, name);
    const status = lstatSync(path);
    if (status.isSymbolicLink()) found[name] = `-> ${readlinkSync(path)}`;
    else if (status.isDirectory()) Object.assign(found, { [`${name}/`]: '' }, tree(directory, name));
    else found[name] = readFileSync(path, 'utf8');
  }
  return found;
}
