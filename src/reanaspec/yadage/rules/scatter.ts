// How a stage is divided into steps: by lists, which must be there and must be lists.
import { closest } from '../../../base/closest.ts';
import type { Findings } from '../../../base/finding.ts';
import { spanOf } from '../../../source/tree.ts';
import { kindName } from '../../shape.ts';
import type { MultiStep, TextAt, YadageStage } from '../model.ts';
import type { Scope } from './scope.ts';
import { listLength, literalOf, stepCount } from './step-count.ts';

export function checkScatter(stage: YadageStage, scope: Scope, findings: Findings): void {
  const { scheduler } = stage;
  if (scheduler.type !== 'multistep-stage' || scheduler.scatter === undefined) return;
  const { scatter } = scheduler;
  const [only] = scatter.parameters;
  if (only === undefined && scatter.method === 'zip') {
    const message = `\`${stage.name}\` cannot be scheduled: there is no parameter to scatter over`;
    findings.error('yadage/bad-scatter', spanOf(stage.nameNode), message);
  }
  const seen = new Set<string>();
  for (const parameter of scatter.parameters) {
    if (seen.has(parameter.text)) {
      findings.error(
        'yadage/bad-scatter',
        spanOf(parameter.node),
        `\`${parameter.text}\` is scattered over twice`,
      );
    }
    seen.add(parameter.text);
    checkList(parameter, stage, scheduler, scope, findings);
  }
  if (only === undefined) return;
  checkLengths(scheduler, scope, findings);
  if (stepCount(stage, scope) === 0) {
    const message = `\`${stage.name}\` has no steps at all: what it scatters over is empty, and whatever waits for it never runs`;
    findings.warning('yadage/empty-scatter', spanOf(only.node), message);
  }
}

function checkList(
  parameter: TextAt,
  stage: YadageStage,
  scheduler: MultiStep,
  scope: Scope,
  findings: Findings,
): void {
  const declared = scheduler.parameters.find(({ key }) => key === parameter.text);
  if (declared === undefined) {
    if (!scheduler.isComplete) return;
    const near = closest(
      parameter.text,
      scheduler.parameters.map(({ key }) => key),
    );
    const message = `\`${stage.name}\` has no parameter \`${parameter.text}\` to scatter over`;
    findings.error('yadage/bad-scatter', spanOf(parameter.node), message, {
      help: near === undefined ? undefined : `did you mean \`${near}\`?`,
    });
    return;
  }
  const value = literalOf(declared, scope);
  if (value === undefined || value.kind === 'sequence') return;
  const isIterable = value.kind === 'map' || typeof value.value === 'string';
  const message = `\`${parameter.text}\` is ${kindName(value)}, and only a list can be scattered over`;
  if (!isIterable) {
    findings.error('yadage/bad-scatter', spanOf(parameter.node), message);
    return;
  }
  const parts = value.kind === 'map' ? 'its keys' : 'its letters';
  findings.warning(
    'yadage/bad-scatter',
    spanOf(parameter.node),
    `${message}: there will be a step for each of ${parts}`,
  );
}

/** Lists that are scattered over side by side end with the shortest. */
function checkLengths(scheduler: MultiStep, scope: Scope, findings: Findings): void {
  const { scatter } = scheduler;
  if (scatter?.method !== 'zip') return;
  const lengths = scatter.parameters.flatMap((parameter) => {
    const declared = scheduler.parameters.find(({ key }) => key === parameter.text);
    const length = listLength(declared, scope);
    return length === undefined ? [] : [{ parameter, length }];
  });
  const shortest = lengths.reduce(
    (least, one) => (one.length < least.length ? one : least),
    lengths[0] ?? { length: 0 },
  );
  const longer = lengths.find(({ length }) => length > shortest.length);
  if (longer === undefined) return;
  const message = `\`${longer.parameter.text}\` has ${longer.length} members, but only ${shortest.length} are used: \`zip\` ends with the shortest list`;
  findings.warning('yadage/scatter-lengths', spanOf(longer.parameter.node), message);
}
