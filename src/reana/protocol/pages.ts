// Lists that a server gives in pages.
import { RemoteError } from '../../base/errors.ts';
import type { RemotePage } from './answers.ts';

/** Page after page, each with what none before it had: what moves on while a list is read would come twice.
 *  @param read gives a page; the first one is 1
 *  @param nameOf tells items apart
 *  @throws RemoteError when the server does not get any further */
export async function* pages<Item>(
  read: (page: number) => Promise<RemotePage<Item>>,
  nameOf: (item: Item) => string,
): AsyncGenerator<readonly Item[]> {
  const known = new Set<string>();
  for (let page = 1; ; page++) {
    const { items, hasNext } = await read(page);
    const fresh = new Map(items.map((item) => [nameOf(item), item]));
    for (const name of fresh.keys()) if (known.has(name)) fresh.delete(name);
    for (const name of fresh.keys()) known.add(name);
    yield [...fresh.values()];
    if (!hasNext || items.length === 0) return;
    if (fresh.size === 0) throw new RemoteError('the server gives the same part of a list again and again');
  }
}
