// `workflow.resources`: what the whole workflow needs besides its steps. @see reana-commons 0.95.0a26, its schema
import type { Findings } from '../base/finding.ts';
import { spanOf, textOf, valueOf } from '../source/tree.ts';
import type { TreeNode } from '../source/tree.ts';
import { daskFields } from './fields.ts';
import { checkImage } from './image.ts';
import { missingField } from './shape.ts';

/** Names, amounts and images; that the fields are known and of their types is looked at elsewhere. */
export function checkResources(resources: TreeNode | undefined, findings: Findings): void {
  checkCvmfs(resources, findings);
  const dask = resources?.kind === 'map' ? valueOf(resources, 'dask') : undefined;
  if (dask !== undefined) checkDask(dask, findings);
}

function checkCvmfs(resources: TreeNode | undefined, findings: Findings): void {
  const list = resources?.kind === 'map' ? valueOf(resources, 'cvmfs') : undefined;
  const seen = new Set<string>();
  for (const item of list?.kind === 'sequence' ? list.items : []) {
    const name = textOf(item);
    if (name === undefined) continue;
    if (seen.has(name)) findings.error('reana/bad-cvmfs', spanOf(item), `\`${name}\` is listed twice`);
    seen.add(name);
    if (/^[a-zA-Z0-9][a-zA-Z0-9.\-_]{0,59}$/.test(name)) continue;
    findings.error('reana/bad-cvmfs', spanOf(item), `\`${name}\` is no CVMFS repository`, {
      help: name.startsWith('/cvmfs/') ? 'leave out `/cvmfs/`' : undefined,
    });
  }
}

function checkDask(dask: TreeNode, findings: Findings): void {
  if (dask.kind !== 'map') return;
  const image = valueOf(dask, 'image');
  if (image === undefined) {
    const { at, instead, extras } = missingField('image', dask, Object.keys(daskFields));
    findings.error('reana/bad-dask', spanOf(at), `a Dask cluster needs an \`image\`${instead}`, extras);
  }
  const name = textOf(image);
  if (image !== undefined && name !== undefined) checkImage(name, spanOf(image), findings);
  const memory = valueOf(dask, 'single_worker_memory');
  const amount = textOf(memory);
  if (memory === undefined || amount === undefined || /^[1-9][0-9]*(?:[EPTGM]i?|Ki?)$/.test(amount)) return;
  findings.error('reana/bad-dask', spanOf(memory), `\`${amount}\` is no amount of memory for a Dask worker`, {
    help: 'write a whole number and a unit, as in `4Gi`',
  });
}
