// The files that belong into the bundle of a specification: exactly those that its workflow is made of, since the server
// refuses one more as well as one less. @see reana-commons 0.95.0a26, `gather_validation_members`
import { dirname } from 'node:path';
import { LocalError } from '../base/errors.ts';
import { referenceOf } from '../reanaspec/cwl/documents.ts';
import type { ReanaSpec } from '../reanaspec/model.ts';
import { isShortest, plainName } from '../reanaspec/paths.ts';
import type { BundleFile } from './bundle.ts';
import { collectDeclared, whyOwn } from './files/inputs.ts';
import { membersOf, textsOf } from './protocol/members.ts';

/** The specification itself, whatever it is called here. */
const canonicalName = 'reana.yaml';
const mostPathBytes = 4096;

/** Paths as one field of the specification declares them. */
interface Declared {
  readonly field: string;
  readonly files?: readonly string[];
  readonly directories?: readonly string[];
  /** What `.gitignore` and `.reanaignore` name, and links, are left out, as when inputs are uploaded. */
  readonly isInput?: boolean;
}

/** The files of `workflow` in a specification, by name. Where it lists neither `files` nor `directories`, the inputs count as
 *  well. The specification itself is not among them.
 *  @param spec what it declares is relative to its directory
 *  @throws LocalError for one that is missing, a link, or of the wrong kind, and for paths that servers refuse */
export function bundleScope(spec: ReanaSpec): readonly BundleFile[] {
  const workflow = membersOf(spec.document['workflow']);
  const inputs = membersOf(spec.document['inputs']);
  const { workflowFile, parameterFile } = spec;
  const isListed = 'files' in workflow || 'directories' in workflow;
  const file =
    spec.kind === 'cwl' && workflowFile !== undefined ? referenceOf(workflowFile).file : workflowFile;
  const members = new Map<string, BundleFile>();
  for (const declared of [
    { field: 'workflow.file', files: only(file) },
    { field: 'workflow.files', files: textsOf(workflow['files']) },
    { field: 'workflow.directories', directories: textsOf(workflow['directories']) },
    ...(workflowFile === undefined || isListed
      ? []
      : [
          { field: 'inputs.files', files: textsOf(inputs['files']).filter((path) => path !== canonicalName) },
          { field: 'inputs.directories', directories: textsOf(inputs['directories']), isInput: true },
        ]),
    {
      field: 'parameters' in workflow ? 'workflow.parameters.file' : 'inputs.parameters.input',
      files: only(parameterFile),
    },
  ])
    for (const member of filesOf(declared, dirname(spec.file))) members.set(member.name, member);
  return [...members.values()];
}

const only = (path: string | undefined): readonly string[] => (path === undefined ? [] : [path]);

function filesOf(declared: Declared, directory: string): readonly BundleFile[] {
  const { field, files = [], directories = [], isInput = false } = declared;
  for (const path of [...files, ...directories]) checkPath(path, field);
  const found = collectDeclared({ files, directories }, directory, { isInput, field });
  const left = isInput ? undefined : found.leftOut.find(({ why }) => why !== whyOwn);
  if (left !== undefined)
    throw new LocalError(`\`${left.name}\` cannot belong to the workflow, because ${left.why}`, {
      hint: 'copy what it points to, or list the files of the workflow one by one in `workflow.files`',
    });
  for (const path of directories) {
    if (found.files.some(({ name }) => name.startsWith(`${plainName(path)}/`))) continue;
    throw new LocalError(
      `\`${path}\` in \`${field}\` has no files to send, and REANA refuses a directory without`,
      {
        hint: 'declare only directories that have files at the start',
      },
    );
  }
  return found.files.map(({ name, path }) => ({ name, source: { path } }));
}

/** Servers of the 0.95 line take a path in its shortest form only. */
function checkPath(path: string, field: string): void {
  if (path === canonicalName)
    throw new LocalError(`\`${field}\` cannot name \`${path}\`: there the specification itself will lie`);
  const isInside = !/^\/|^.:|[\\\0]|(?:^|\/)\.\.(?:\/|$)/.test(path);
  if (isShortest(path) && isInside && Buffer.byteLength(path) <= mostPathBytes) return;
  throw new LocalError(`\`${path}\` in \`${field}\` is a path that REANA 0.95 refuses`, {
    hint: 'write it relative to the specification, without `.`, `..` and backslashes',
  });
}
