// Publishers: what a step has to offer to the stages after it.
import type { Findings } from '../../base/finding.ts';
import { spanOf } from '../../source/tree.ts';
import type { TreeNode } from '../../source/tree.ts';
import { kindName } from '../shape.ts';
import { fieldsOf } from './fields.ts';
import type { YadagePublisher } from './model.ts';
import { filledFlag, filledText, interactive } from './filled-fields.ts';
import { unknownType } from './unknown-type.ts';

const publisherTypes = [
  'interpolated-pub',
  'frompar-pub',
  'fromparjq-pub',
  'fromglob-pub',
  'fromyaml-pub',
  'constant-pub',
] as const;

/** Reads a publisher; `undefined` after a finding. */
export function readPublisher(node: TreeNode, findings: Findings): YadagePublisher | undefined {
  const fields = fieldsOf(node, 'a publisher', findings);
  const type = fields?.requiredText('publisher_type');
  if (fields === undefined || type === undefined) return undefined;
  const at = { node: fields.node };
  const known = publisherTypes.find((candidate) => candidate === type.text);
  switch (known) {
    case 'interpolated-pub': {
      fields.allow(['publisher_type', 'publish'], ['glob', 'relative_paths']);
      const publish = fields.required('publish');
      const glob = filledFlag(fields, 'glob', false, findings);
      const relativePaths = filledFlag(fields, 'relative_paths', false, findings);
      if (publish === undefined) return undefined;
      if (publish.kind === 'scalar' && publish.value === null) {
        findings.error(
          'yadage/wrong-type',
          spanOf(publish),
          `\`publish\` must be a value, not ${kindName(publish)}`,
        );
        return undefined;
      }
      return { type: known, ...at, publish, glob, relativePaths };
    }
    case 'frompar-pub': {
      fields.allow(['publisher_type', 'outputmap']).required('outputmap');
      const outputMap = fields.map('outputmap');
      return outputMap === undefined ? undefined : { type: known, ...at, outputMap };
    }
    case 'fromparjq-pub': {
      fields.allow(['publisher_type'], ['script', 'tryExact', 'glob', 'relative_paths']);
      const script = filledText(fields, 'script', "'.'", findings);
      const tryExact = filledFlag(fields, 'tryExact', true, findings);
      const glob = filledFlag(fields, 'glob', false, findings);
      const relativePaths = filledFlag(fields, 'relative_paths', false, findings);
      return script === undefined ? undefined : { type: known, ...at, script, tryExact, glob, relativePaths };
    }
    case 'fromglob-pub': {
      fields.allow(['publisher_type', 'globexpression', 'outputkey']);
      const globExpression = fields.requiredText('globexpression');
      const outputKey = fields.requiredText('outputkey');
      if (globExpression === undefined || outputKey === undefined) return undefined;
      return { type: known, ...at, globExpression, outputKey };
    }
    case 'fromyaml-pub': {
      const yamlFile = fields.allow(['publisher_type', 'yamlfile']).requiredText('yamlfile');
      return yamlFile === undefined ? undefined : { type: known, ...at, yamlFile };
    }
    case 'constant-pub': {
      fields.allow(['publisher_type', 'publish']).required('publish');
      const publish = fields.map('publish');
      return publish === undefined ? undefined : { type: known, ...at, publish };
    }
    case undefined:
      if (/^manual-/.test(type.text)) interactive(type, findings);
      else unknownType(type, 'publisher', publisherTypes, findings);
      return undefined;
  }
}
