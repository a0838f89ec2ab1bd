// The bundle of a specification's files that servers of REANA 0.95 take: a zip that is the same bytes for the same files.
import { Buffer } from 'node:buffer';
import { storedZip, type ZipMember } from '../archive/stored-zip.ts';
import { LocalError } from '../base/errors.ts';
import { bytes as bytesOfFile } from './files/disk.ts';

export interface Bundle {
  readonly zip: Buffer;
  /** Of its files, in the workspace that they become. */
  readonly names: readonly string[];
}

export interface BundleFile {
  /** In the workspace, with `/`. */
  readonly name: string;
  readonly source: { readonly path: string } | { readonly text: string };
}

// What the server takes at most.
const mostFiles = 1000;
const mostBytes = 100 * 1024 * 1024;
const deepest = 64;

/** Packs files: stored, by name, without times.
 *  @throws LocalError for a file that cannot be read, and for more than a server takes */
export async function packBundle(files: readonly BundleFile[]): Promise<Bundle> {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (sorted.length > mostFiles)
    throw tooMuch(`${sorted.length} files, but REANA takes at most ${mostFiles}`);
  const members: ZipMember[] = [];
  let sizeBytes = 0;
  for (const { name, source } of sorted) {
    if (name.split('/').length > deepest) throw tooMuch(`\`${name}\`, which lies too deep for REANA`);
    const content = 'text' in source ? Buffer.from(source.text) : await bytesOfFile(source.path, mostBytes);
    sizeBytes += content.length;
    if (sizeBytes > mostBytes) throw tooMuch('more than 100 MiB, which is what REANA takes at most');
    members.push({ name, sizeBytes: content.length, content });
  }
  const pieces: Buffer[] = [];
  for await (const piece of storedZip(members)) pieces.push(piece);
  return { zip: Buffer.concat(pieces), names: sorted.map((file) => file.name) };
}

function tooMuch(what: string): LocalError {
  return new LocalError(`the files of the workflow are ${what}`, {
    hint: 'list only what the workflow itself needs in `workflow.files` and `workflow.directories`; data belongs into `inputs`',
  });
}
