// The `Range` header for one stretch of a file.

export type ByteRange =
  /** No header, or one that asks for what is not served (several ranges, other units): the whole file. */
  | { readonly kind: 'whole' }
  /** First and last byte, from 0, both included. */
  | { readonly kind: 'part'; readonly first: number; readonly last: number }
  | { readonly kind: 'unsatisfiable' };

/** Reads a `Range` header for a file of `sizeBytes`.
 *  @see RFC 9110 section 14 */
export function readByteRange(header: string | undefined, sizeBytes: number): ByteRange {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '');
  if (match === null) return { kind: 'whole' };
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return { kind: 'whole' };
  if (from === '') {
    const count = Math.min(Number(to), sizeBytes);
    return count === 0
      ? { kind: 'unsatisfiable' }
      : { kind: 'part', first: sizeBytes - count, last: sizeBytes - 1 };
  }
  const first = Number(from);
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (to !== '' && Number(to) < first) return { kind: 'whole' };
  return first >= sizeBytes ? { kind: 'unsatisfiable' } : { kind: 'part', first, last };
}
