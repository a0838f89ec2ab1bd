// Versions of this program, as semver orders them.

/** Below 0 when `a` came before `b`, above 0 when after, 0 when they are the same or cannot be told apart.
 *  A version with something after a `-` comes before the one without. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  if ([...left.numbers, ...right.numbers].some(Number.isNaN)) return 0;
  for (const at of [0, 1, 2]) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.before === right.before) return 0;
  if (left.before === '') return 1;
  if (right.before === '') return -1;
  return left.before.localeCompare(right.before, 'en', { numeric: true });
}

function parts(version: string): { readonly numbers: readonly number[]; readonly before: string } {
  const [core = ''] = version.split('+');
  const dash = core.indexOf('-');
  const numbers = (dash === -1 ? core : core.slice(0, dash)).split('.').map(Number);
  return { numbers, before: dash === -1 ? '' : core.slice(dash + 1) };
}
