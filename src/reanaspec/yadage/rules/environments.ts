// Where steps are executed: the image, and what REANA takes of `resources`. It looks only at mappings, and only at the keys that
// it knows. @see reana-workflow-engine-yadage 0.9, its external backend
import type { Findings } from '../../../base/finding.ts';
import { keyText, spanOf, textOf } from '../../../source/tree.ts';
import type { MapEntry, MapNode, TreeNode } from '../../../source/tree.ts';
import { checkImage } from '../../image.ts';
import { settingShapes } from '../../fields.ts';
import { checkSettings, hintMemoryLimit, type CredentialUse } from '../../settings.ts';
import { checkShape, meantInstead } from '../../shape.ts';
import { imageName } from '../image-name.ts';
import type { YadageEnvironment, YadageStep } from '../model.ts';

/** What RECAST's own runner understands, and what says the same to REANA. */
const recastNames: Readonly<Record<string, string>> = {
  KRB5Auth: '`kerberos: true`',
  GRIDProxy: '`voms_proxy: true`',
  CVMFS: '`workflow.resources.cvmfs` in the specification',
};

/** What a step asks for. */
export interface StepNeeds {
  readonly credentials: readonly CredentialUse[];
  /** With its tag. */
  readonly image: string | undefined;
}

/** Checks where a step is executed. */
export function checkEnvironment(
  { environment }: YadageStep,
  wantsHints: boolean,
  findings: Findings,
): StepNeeds {
  if (environment === undefined) return { credentials: [], image: undefined };
  const { image, imageTag } = environment;
  // Where the loader has filled in the tag, it has no place of its own.
  const isFilled = imageTag?.node.start === environment.node.start;
  const whole = imageName(environment);
  if (imageTag !== undefined && imageTag.text !== '' && hasTag(image.text)) {
    const cause = isFilled ? 'REANA adds `latest` where there is no `imagetag`' : 'REANA adds `imagetag`';
    findings.error('reana/bad-image', spanOf(image.node), `the image becomes \`${whole}\`: ${cause}`, {
      help: 'write the tag under `imagetag` alone',
    });
  } else if (imageTag !== undefined) {
    checkImage(isFilled ? image.text : whole, spanOf(image.node), findings);
  }
  for (const name of ['envscript', 'par_mounts', 'env', 'workdir'])
    reportIgnored(name, environment, findings);
  const entries: MapEntry[] = [];
  for (const resource of environment.resources) {
    if (resource.kind === 'map')
      entries.push(...resource.entries.filter((entry) => isKnown(entry, resource, findings)));
    else reportResource(resource, findings);
  }
  if (wantsHints) hintMemoryLimit(entries, spanOf(image.node), findings);
  return { credentials: checkSettings(entries, findings), image: whole };
}

/** A tag or a digest of its own. */
const hasTag = (image: string): boolean => /:[^/]+$|@/.test(image);

function isKnown(entry: MapEntry, resource: MapNode, findings: Findings): boolean {
  const name = keyText(entry.key);
  const shape = Object.hasOwn(settingShapes, name) ? settingShapes[name] : undefined;
  if (shape === undefined) {
    const message = `REANA does not know the resource \`${name}\`, and ignores it`;
    const extras = meantInstead(entry.key, resource, Object.keys(settingShapes));
    findings.warning('yadage/ignored-resource', spanOf(entry.key), message, extras);
    return false;
  }
  checkShape(entry.value, shape, name, findings);
  return true;
}

function reportResource(resource: TreeNode, findings: Findings): void {
  const text = textOf(resource);
  const message = `REANA takes only mappings here, and ignores ${text === undefined ? 'this' : `\`${text}\``}`;
  const known = text === undefined ? undefined : recastNames[text];
  findings.warning('yadage/ignored-resource', spanOf(resource), message, {
    help: known === undefined ? undefined : `for REANA write ${known}`,
  });
}

function reportIgnored(name: string, environment: YadageEnvironment, findings: Findings): void {
  const entry = environment.node.entries.find(({ key }) => keyText(key) === name);
  if (entry === undefined || isEmpty(entry.value)) return;
  const help = name === 'envscript' ? 'source it at the beginning of the script' : undefined;
  findings.warning('yadage/ignored-resource', spanOf(entry.key), `REANA does not use \`${name}\``, { help });
}

function isEmpty(node: TreeNode): boolean {
  if (node.kind === 'scalar') return node.value === null || node.value === '';
  return node.kind === 'map' ? node.entries.length === 0 : node.items.length === 0;
}
