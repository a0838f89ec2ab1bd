// Where things are: locations of documents and inputs as absolute paths.
import { posix } from 'node:path';
import { CwlUnsupported } from './fault.ts';

/** What `reference` means in a document (or an inputs file) that is `file`.
 *  @param file absolute path
 *  @returns an absolute path, with `#name` where `reference` has one
 *  @throws CwlUnsupported for places that are not on this machine */
export function pathIn(file: string, reference: string): string {
  if (reference.startsWith('#')) return file.replace(/#.*$/, '') + reference;
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(reference)?.[1];
  if (scheme !== undefined && scheme !== 'file') {
    throw new CwlUnsupported(`\`${reference}\` is not on this machine`);
  }
  if (scheme === 'file') return decoded(reference.replace(/^file:\/\/[^/]*/, ''));
  return posix.resolve(posix.dirname(file), decoded(reference));
}

/** Locations are URIs: `%20` is a blank. What is no encoding stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
