// Which files of a workspace its specification declares: those are kept when a workspace is pruned or its time is over.

import { membersOf } from '../../../base/members.ts';

/** True when `name` is among the files, or below one of the directories, of a section. */
export function isDeclared(specification: unknown, section: 'inputs' | 'outputs', name: string): boolean {
  const { files, directories } = membersOf(membersOf(specification)[section]);
  return (
    textsOf(files).some((file) => normal(file) === name) ||
    textsOf(directories).some(
      (directory) => normal(directory) === '' || name.startsWith(`${normal(directory)}/`),
    )
  );
}

const normal = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
