// Reference material that lies beside a checkout on some machines: documents and real servers' answers to compare with.
// It is never part of the project, so tests that read it skip, loudly, where it is absent.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';

const folder = join(import.meta.dirname, '../../../shared');
const present = existsSync(folder);

if (!present && process.env['PCHAIN_REQUIRE_SHARED'] === '1') {
  throw new Error(`the reference folder ${folder} is required here, but does not exist`);
}

/** `describe` for tests that need the reference folder; skipped with a line that says why where it is absent. */
export function describeWithShared(name: string, tests: () => void): void {
  if (present) {
    describe(name, tests);
    return;
  }
  // The tests themselves must not even be collected: they read the folder to know what there is to compare.
  describe(name, () => {
    it.skip('is skipped: there is no reference folder ../shared beside the checkout', () => undefined);
  });
}

export function sharedPath(...parts: string[]): string {
  return join(folder, ...parts);
}

export function sharedJson(...parts: string[]): unknown {
  return JSON.parse(readFileSync(sharedPath(...parts), 'utf8')) as unknown;
}
