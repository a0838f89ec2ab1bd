// Directories that a step has closed: nobody may read them, or change them.
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeTree } from '../../src/engine/reana/workspace/remove-tree.ts';
import { allocatedBytes } from '../../src/engine/reana/workspace/usage.ts';
import { listFiles, matchFiles } from '../../src/engine/reana/workspace/workspace-listing.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65534;

let workspace: string;
// Nothing is closed for root, so these tests are somebody else.
beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'pchain-closed-'));
  if (isRoot) {
    chownSync(directory, nobody, nobody);
    process.seteuid?.(nobody);
  }
  workspace = join(directory, 'workspace');
  for (const name of ['open', 'closed', 'listed-only', 'fixed/deep']) {
    mkdirSync(join(workspace, name), { recursive: true });
    writeFileSync(join(workspace, name, 'file'), 'content');
  }
  chmodSync(join(workspace, 'closed'), 0o000);
  chmodSync(join(workspace, 'listed-only'), 0o400);
  chmodSync(join(workspace, 'fixed/deep'), 0o500);
  chmodSync(join(workspace, 'fixed'), 0o500);
});
afterEach(() => {
  removeTree(join(workspace, '..'));
  if (isRoot) process.seteuid?.(0);
});

it('hide what is in them, and nothing else', () => {
  expect(listFiles(workspace).map(({ name }) => name)).toEqual(['fixed/deep/file', 'open/file']);
  expect(matchFiles(workspace, '**/file')).toHaveLength(2);
  expect(matchFiles(workspace, 'closed/file')).toEqual([]);
  expect(matchFiles(workspace, 'listed-only')).toEqual([]);
  expect(allocatedBytes(workspace)).toBeGreaterThan(0);
});

it('are removed with their workspace', () => {
  removeTree(workspace);
  expect(existsSync(workspace)).toBe(false);
  removeTree(workspace);
});
