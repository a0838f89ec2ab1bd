// Files as Yadage's publishers look for them.
import { existsSync, readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { messageOf } from '../../../base/errors.ts';
import { Findings } from '../../../base/finding.ts';
import { toPythonValue } from '../../../reanaspec/python-value.ts';
import { readPythonTree } from '../../../reanaspec/python-yaml.ts';
import { YadageFault } from '../../../reanaspec/yadage/run/fault.ts';
import type { YadageFiles } from '../../../reanaspec/yadage/run/ports.ts';

export const yadageFiles: YadageFiles = {
  exists: existsSync,
  glob(pattern) {
    if (!/[*?[]/.test(pattern)) return existsSync(pattern) ? [pattern] : [];
    // Only what Python's glob knows is a sign.
    const [, base = '/', rest = ''] = /^((?:[^*?[]*\/)?)(.*)$/s.exec(pattern) ?? [];
    const found = globSync(rest.replace(/[{}()!+@\\]/g, '\\$&'), {
      cwd: base,
      onlyFiles: false,
      expandDirectories: false,
      dot: false,
    });
    return found.map((name) => base + name.replace(/\/$/, '')).sort();
  },
  yaml(path) {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (cause) {
      throw new YadageFault(`cannot read \`${path}\`: ${messageOf(cause)}`, { cause });
    }
    const findings = new Findings();
    const tree = readPythonTree(path, text, findings);
    const fault = findings.sorted().find((finding) => finding.severity === 'error');
    if (tree === undefined || fault !== undefined)
      throw new YadageFault(`\`${path}\` is no YAML: ${fault?.message ?? 'it is empty'}`);
    return toPythonValue(tree);
  },
};
