// Query strings and pages, as REANA's server reads and writes them.
import { membersOf } from '../../base/members.ts';
import { WireError } from './wire-error.ts';

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The first value of a key; `undefined` when it is absent. */
export function single(query: Query, key: string): string | undefined {
  const value = query[key];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

/** All values of a key, given by repetition or joined by commas. */
export function several(query: Query, key: string): readonly string[] {
  const value = query[key];
  const texts = value === undefined ? [] : typeof value === 'string' ? [value] : value;
  return texts.flatMap((text) => text.split(',')).filter((text) => text !== '');
}

/** True for `true`, however it is written; everything else is false. */
export const isTrue = (query: Query, key: string): boolean => single(query, key)?.toLowerCase() === 'true';

/** `search` is JSON: `{"name": ["part", …]}`; the parts, none without it.
 *  @throws WireError 400 when it is no JSON */
export function searchedNames(search: string | undefined): readonly string[] {
  if (search === undefined || search === '') return [];
  try {
    const names = membersOf(JSON.parse(search))['name'];
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    throw new WireError(400, "Field 'search': Invalid JSON.");
  }
}

export interface Page<Item> {
  readonly page: number;
  readonly items: readonly Item[];
  readonly total: number;
  readonly has_prev: boolean;
  readonly has_next: boolean;
}

/** Which page is asked for: from which item on, and how many; all without `size`.
 *  @throws WireError 400 for a page or size below 1 or not a number */
export function pageAsked(query: Query): {
  readonly page: number;
  readonly size?: number;
  readonly from: number;
} {
  const page = positive(query, 'page') ?? 1;
  const size = positive(query, 'size');
  return size === undefined ? { page, from: 0 } : { page, size, from: (page - 1) * size };
}

/** The page that `items` are, as REANA writes it. */
export function pageOf<Item>(items: readonly Item[], total: number, query: Query): Page<Item> {
  const { page, size, from } = pageAsked(query);
  if (size === undefined) return { page, items, total, has_prev: false, has_next: false };
  const first = Math.min(from, total);
  const answer = {
    page,
    size,
    from_idx: first,
    to_idx: first + items.length,
    links: { prev: { page: page - 1 }, self: { page }, next: { page: page + 1 } },
    items,
    has_prev: page > 1,
    has_next: first + items.length < total,
    total,
  };
  return answer;
}

/** One page of a list that is whole. */
export function cutPage<Item>(all: readonly Item[], query: Query): Page<Item> {
  const { size, from } = pageAsked(query);
  return pageOf(size === undefined ? all : all.slice(from, from + size), all.length, query);
}

function positive(query: Query, key: string): number | undefined {
  const text = single(query, key);
  if (text === undefined || text === '') return undefined;
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw new WireError(400, `Field '${key}': Invalid value.`);
  return value;
}

/** Bytes as REANA shows them: `{raw, human_readable}`. */
export function sizeOf(bytes: number): { readonly raw: number; readonly human_readable: string } {
  const units = ['Bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  const digits = Number.isInteger(amount) ? String(amount) : amount.toFixed(2).replace(/\.?0+$/, '');
  return { raw: bytes, human_readable: `${digits} ${units[unit] ?? ''}` };
}

/** UTC without a zone mark, to the second: REANA's form of a time. */
export function wireTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
