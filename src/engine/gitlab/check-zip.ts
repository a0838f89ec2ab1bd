// Whether a zip of artifacts is one that can be given to others: whole, and nothing in it leads out of where it is unpacked.
import { open, type Entry, type ZipFile } from 'yauzl';
import { messageOf } from '../../base/errors.ts';

/** @returns what is wrong with it; `undefined`: nothing */
export async function zipFault(path: string): Promise<string | undefined> {
  try {
    const zip = await openZip(path);
    try {
      return await entryFault(zip);
    } finally {
      zip.close();
    }
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(error);
    });
  });
}

function entryFault(zip: ZipFile): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      if (isLink(entry)) resolve(`\`${entry.fileName}\` is a link`);
      else zip.readEntry();
    });
    zip.once('end', () => resolve(undefined));
    zip.once('error', reject);
    zip.readEntry();
  });
}

/** Names that lead out are refused by the reader itself. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}
