// Makes what a CWL job finds before it starts.
import { constants, copyFileSync, cpSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StagingStep } from '../../../cwl/execution/staging.ts';
import { LocalError, messageOf } from '../../../base/errors.ts';
import { removeTree } from '../workspace/remove-tree.ts';

/** @param home is emptied first: an earlier attempt may have been cut off
 *  @throws LocalError naming the file that cannot be made */
export function stageFiles(home: string, steps: readonly StagingStep[]): void {
  removeTree(home);
  mkdirSync(home, { recursive: true });
  for (const step of steps) {
    try {
      make(step);
    } catch (cause) {
      throw new LocalError(`cannot stage \`${step.path}\`: ${messageOf(cause)}`, { cause });
    }
  }
}

function make(step: StagingStep): void {
  mkdirSync(dirname(step.path), { recursive: true });
  switch (step.make) {
    case 'directory':
      mkdirSync(step.path, { recursive: true });
      break;
    case 'link':
      symlinkSync(step.target, step.path);
      break;
    case 'file':
      writeFileSync(step.path, step.contents, { flag: 'wx' });
      break;
    case 'copy':
      copy(step.target, step.path);
      break;
  }
}

function copy(from: string, to: string): void {
  if (statSync(from).isDirectory()) cpSync(from, to, { recursive: true, dereference: true });
  // Where the disk can share the content until one side changes, nothing is copied at all.
  else copyFileSync(from, to, constants.COPYFILE_FICLONE);
}
