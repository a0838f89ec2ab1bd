// Where a symlink really leads, when other links are followed on the way: `a/..` is not the same as nothing once `a`
// is a link.

/** Gives what the link at `name` points to, or `undefined` where `name` is no link. `name` is relative to the root. */
export type LinkAt = (name: string) => Promise<string | undefined>;

const longestTarget = 1024;
const mostHops = 40;
const mostSteps = 2000;

/** Why the link `name` with `target` must not be made below a root directory, or `undefined` when it stays inside.
 *  The text ends a sentence: `it …`. A link to something that does not exist is harmless.
 *  @param linkAt knows every link below the root, the one asked about included */
export async function linkFault(name: string, target: string, linkAt: LinkAt): Promise<string | undefined> {
  if (target === '') return 'points nowhere';
  if (target.length > longestTarget) return 'has a target that is too long';
  if (target.startsWith('/') || /^[A-Za-z]:|\\/.test(target)) return 'points to an absolute path';
  const at = name.split('/').slice(0, -1);
  const ahead = target.split('/');
  let hops = 0;
  for (let steps = 0; steps < mostSteps; steps++) {
    const part = ahead.shift();
    if (part === undefined) return undefined;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return 'points out of the directory';
      continue;
    }
    at.push(part);
    const next = await linkAt(at.join('/'));
    if (next === undefined) continue;
    if (next.startsWith('/')) return 'points out of the directory';
    if (++hops > mostHops) return 'leads in a circle';
    at.pop();
    ahead.unshift(...next.split('/'));
  }
  return 'leads in a circle';
}
