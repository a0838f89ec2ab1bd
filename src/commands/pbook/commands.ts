// All commands of pbook that people know from the official client.
import type { PbookCommand } from './command.ts';
import { jobCommands, signInCommand } from './job-commands.ts';
import { secretVerbs } from './secret-verbs.ts';
import { taskCommands } from './task-commands.ts';
import { workflowVerbs } from './workflow-verbs.ts';

export const pbookCommands: readonly PbookCommand[] = [
  ...taskCommands,
  ...jobCommands,
  ...workflowVerbs,
  ...secretVerbs,
  signInCommand,
];

export function commandNamed(name: string): PbookCommand | undefined {
  return pbookCommands.find((command) => command.name === name);
}
