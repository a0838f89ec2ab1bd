// Fields that only the newer of REANA's two generations of servers knows: 0.9 warns of them, and then does nothing.
import type { Findings } from '../base/finding.ts';
import { keyText, spanOf, valueOf } from '../source/tree.ts';
import type { MapNode } from '../source/tree.ts';

const since095: Readonly<Record<string, readonly string[]>> = {
  workflow: ['files', 'directories', 'parameters'],
  'workflow.resources': ['dask', 'voms_proxy', 'rucio'],
};

/** Says which fields a server of the 0.9 line does not know. */
export function checkGeneration(root: MapNode, findings: Findings): void {
  const workflow = valueOf(root, 'workflow');
  const resources = workflow?.kind === 'map' ? valueOf(workflow, 'resources') : undefined;
  for (const [place, node] of [
    ['workflow', workflow],
    ['workflow.resources', resources],
  ] as const) {
    for (const { key } of node?.kind === 'map' ? node.entries : []) {
      const name = keyText(key);
      if (since095[place]?.includes(name) !== true) continue;
      findings.warning(
        'reana/newer-field',
        spanOf(key),
        `\`${place}.${name}\` needs a REANA of the 0.95 line; servers of 0.9 ignore it`,
      );
    }
  }
}
