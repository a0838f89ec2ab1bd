// Tests that need a program of the system: skipped where it is missing, with a line that says so.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

export function hasProgram(name: string): boolean {
  const found = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
  // Where they were installed for these tests, a skip would hide that something broke.
  if (!found && process.env['PCHAIN_REQUIRE_PROGRAMS'] === '1')
    throw new Error(`\`${name}\` is required here`);
  return found;
}

export function describeWithProgram(program: string, name: string, tests: () => void): void {
  if (hasProgram(program)) describe(name, tests);
  else describe.skip(`${name} (skipped: there is no \`${program}\` here, \`.ci/run\` installs it)`, tests);
}
