// The files that belong into the bundle of a specification: exactly those that its workflow is made of, since the server
// refuses one more as well as one less.
import { dirname, join } from 'node:path';
import type { BundleFile } from './bundle.ts';
import { collectDeclared, plainName } from './files/inputs.ts';
import { membersOf, textsOf } from './protocol/members.ts';

/** The files of `workflow` in a specification's document, by name. Where it lists neither `files` nor `directories`, the
 *  inputs count as well.
 *  @param specFile its path; what it declares is relative to its directory
 *  @throws LocalError for one that is missing, a link, or of the wrong kind */
export function bundleScope(
  document: Readonly<Record<string, unknown>>,
  specFile: string,
): readonly BundleFile[] {
  const workflow = membersOf(document['workflow']);
  const inputs = membersOf(document['inputs']);
  const single = [workflow['file'], membersOf(workflow['parameters'])['file']].filter(
    (path) => typeof path === 'string',
  );
  const files = textsOf(workflow['files']);
  const directories = textsOf(workflow['directories']);
  const isLegacy =
    workflow['file'] !== undefined &&
    workflow['files'] === undefined &&
    workflow['directories'] === undefined;
  const directory = dirname(specFile);
  const listed = collectDeclared(
    {
      files: [...single, ...files, ...(isLegacy ? textsOf(inputs['files']) : [])].map(plainName),
      directories: [...directories, ...(isLegacy ? textsOf(inputs['directories']) : [])],
    },
    directory,
  );
  return listed.files.map(({ name, path }) => ({ name, source: { path: join(path) } }));
}
