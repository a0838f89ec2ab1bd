// A step: the process, where it is executed, and what it publishes.
import type { Findings } from '../../base/finding.ts';
import { spanOf } from '../../source/tree.ts';
import type { TreeNode } from '../../source/tree.ts';
import { fieldsOf } from './fields.ts';
import { isUnavailable } from './load.ts';
import type { YadageEnvironment, YadageProcess, YadageStep } from './model.ts';
import { readPublisher } from './read-publisher.ts';
import { filledText, interactive } from './filled-fields.ts';
import { unknownType } from './unknown-type.ts';

/** Reads a step; `undefined` after a finding, or when it cannot be had. */
export function readStep(node: TreeNode, findings: Findings): YadageStep | undefined {
  if (isUnavailable(node)) return undefined;
  const fields = fieldsOf(node, 'a step', findings)?.allow(['process', 'publisher', 'environment']);
  if (fields === undefined) return undefined;
  const process = fields.required('process');
  const publisher = fields.required('publisher');
  const environment = fields.required('environment');
  const isOnlyPublishing = process !== undefined && isNothing(process);
  return {
    node: fields.node,
    process: process === undefined || isOnlyPublishing ? undefined : readProcess(process, findings),
    publisher: publisher === undefined ? undefined : readPublisher(publisher, findings),
    environment:
      environment === undefined ? undefined : readEnvironment(environment, isOnlyPublishing, findings),
  };
}

const isNothing = (node: TreeNode): boolean => node.kind === 'scalar' && node.value === null;

const processTypes = [
  'string-interpolated-cmd',
  'interpolated-script-cmd',
  'manual-instructions-proc',
] as const;

function readProcess(node: TreeNode, findings: Findings): YadageProcess | undefined {
  const fields = fieldsOf(node, 'a process', findings);
  const type = fields?.requiredText('process_type');
  if (fields === undefined || type === undefined) return undefined;
  switch (processTypes.find((candidate) => candidate === type.text)) {
    case 'string-interpolated-cmd': {
      const command = fields.allow(['process_type', 'cmd']).requiredText('cmd');
      return command === undefined
        ? undefined
        : { type: 'string-interpolated-cmd', node: fields.node, command };
    }
    case 'interpolated-script-cmd': {
      const script = fields.allow(['process_type', 'script'], ['interpreter']).requiredText('script');
      const interpreter = filledText(fields, 'interpreter', 'sh', findings);
      return script === undefined
        ? undefined
        : {
            type: 'interpolated-script-cmd',
            node: fields.node,
            script,
            interpreter: interpreter?.text ?? 'sh',
          };
    }
    case 'manual-instructions-proc':
      interactive(type, findings);
      return undefined;
    case undefined:
      unknownType(type, 'process', processTypes.slice(0, 2), findings);
      return undefined;
  }
}

const environmentTypes = [
  'docker-encapsulated',
  'localproc-env',
  'noop-env',
  'manual-instructions-env',
] as const;

function readEnvironment(
  node: TreeNode,
  isOnlyPublishing: boolean,
  findings: Findings,
): YadageEnvironment | undefined {
  if (isNothing(node)) {
    if (!isOnlyPublishing) {
      findings.error(
        'yadage/not-on-reana',
        spanOf(node),
        'without an environment REANA has no image to run the process in',
      );
    }
    return undefined;
  }
  const fields = fieldsOf(node, 'an environment', findings);
  const type = fields?.requiredText('environment_type');
  if (fields === undefined || type === undefined) return undefined;
  const known = environmentTypes.find((candidate) => candidate === type.text);
  if (known === undefined) {
    unknownType(type, 'environment', environmentTypes.slice(0, 1), findings);
    return undefined;
  }
  if (known !== 'docker-encapsulated') {
    if (!isOnlyPublishing) {
      const message = `an environment of type \`${known}\` has no image, and REANA runs everything in one`;
      findings.error('yadage/not-on-reana', spanOf(type.node), message, {
        help: 'use `docker-encapsulated`',
      });
    }
    return undefined;
  }
  fields.allow(
    ['environment_type', 'image'],
    ['imagetag', 'resources', 'envscript', 'env', 'workdir', 'par_mounts'],
  );
  const image = fields.requiredText('image');
  fields.text('envscript');
  fields.map('env');
  fields.list('par_mounts');
  const resources = fields.list('resources')?.items ?? [];
  const imageTag = fields.has('imagetag') ? fields.text('imagetag') : image && { text: '', node: image.node };
  if (image === undefined) return undefined;
  return {
    type: known,
    node: fields.node,
    image,
    imageTag: fields.isMisspelt('imagetag') ? undefined : imageTag,
    resources,
  };
}
