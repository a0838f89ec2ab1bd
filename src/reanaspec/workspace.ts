// The workspace: where it lies, and for how long files stay in it.
import type { Findings } from '../base/finding.ts';
import { keyText, spanOf, textOf, valueOf } from '../source/tree.ts';
import type { MapNode } from '../source/tree.ts';

export function checkWorkspace(root: MapNode, findings: Findings): void {
  const workspace = valueOf(root, 'workspace');
  if (workspace?.kind !== 'map') return;
  const place = valueOf(workspace, 'root_path');
  const path = textOf(place);
  if (place !== undefined && path !== undefined && !path.startsWith('/')) {
    findings.error(
      'reana/bad-workspace',
      spanOf(place),
      `\`${path}\` is no place for a workspace: it must begin with \`/\``,
    );
  }
  const rules = valueOf(workspace, 'retention_days');
  if (rules?.kind !== 'map') return;
  if (rules.entries.length === 0) {
    findings.error('reana/bad-retention', spanOf(rules), '`retention_days` must have at least one rule');
  }
  for (const { key, value } of rules.entries) {
    const pattern = keyText(key);
    if (pattern.trim() === '') {
      findings.warning('reana/bad-retention', spanOf(key), 'the pattern is empty, so it stands for no files');
    }
    if (pattern.startsWith('/') || pattern.split('/').includes('..')) {
      findings.error(
        'reana/bad-retention',
        spanOf(key),
        `the pattern \`${pattern}\` must stay below the workspace: neither \`/\` at its beginning nor \`..\``,
      );
    }
    const days = value.kind === 'scalar' ? value.value : undefined;
    if (typeof days !== 'number' || !Number.isInteger(days) || days < 0) {
      findings.error(
        'reana/bad-retention',
        spanOf(value),
        `the days for \`${pattern}\` must be a whole number, 0 or more`,
      );
    }
  }
}
