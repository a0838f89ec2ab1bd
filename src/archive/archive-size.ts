// How large an archive PanDA takes.
import { LocalError } from '../base/errors.ts';

const mebibyte = 1 << 20;
/** Of an archive whose name does not start with `sources.`: a sandbox without a build. */
export const sandboxLimitBytes = 10 * mebibyte;
/** Of `sources.*`: a sandbox that is built before it runs. */
const sourcesLimitBytes = 768 * mebibyte;
// The server compares the whole multipart body with the limit, and its headers take some 250 bytes and the name.
const envelopeBytes = 1024;

/** Stops before an upload that the server would refuse.
 *  @param name of the archive as it will be uploaded, with or without directories
 *  @param members with their sizes before compression; the largest are named in the hint
 *  @throws LocalError with both sizes */
export function checkArchiveSize(
  sizeBytes: number,
  name: string,
  members: readonly { readonly name: string; readonly sizeBytes?: number }[] = [],
): void {
  const fileName = name.slice(name.lastIndexOf('/') + 1);
  const limitBytes =
    (fileName.startsWith('sources.') ? sourcesLimitBytes : sandboxLimitBytes) - envelopeBytes;
  if (sizeBytes <= limitBytes) return;
  const largest = members
    .flatMap((member) =>
      member.sizeBytes === undefined ? [] : [{ name: member.name, sizeBytes: member.sizeBytes }],
    )
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, 3)
    .map((member) => `\`${member.name}\` (${inMebibytes(member.sizeBytes)})`);
  throw new LocalError(
    `\`${fileName}\` is ${sizeBytes} bytes (${inMebibytes(sizeBytes)}), but PanDA takes at most ${limitBytes} bytes (${inMebibytes(limitBytes)})`,
    {
      hint:
        largest.length === 0
          ? 'move large files out of the directory, or use a dataset'
          : `move the largest files out of the directory, or use a dataset: ${largest.join(', ')}`,
    },
  );
}

function inMebibytes(sizeBytes: number): string {
  return `${(sizeBytes / mebibyte).toFixed(1)} MiB`;
}
