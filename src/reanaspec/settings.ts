// What a step asks of the machine it runs on: the same settings in serial steps, in Yadage's `resources`, in CWL's `reana` hint
// and in Snakemake's `resources`. @see reana-commons 0.9.11 (schema, config), reana-job-controller 0.9 (what it takes)
import { closest } from '../base/closest.ts';
import type { Findings } from '../base/finding.ts';
import type { Span } from '../base/span.ts';
import { keyText, spanOf, textOf } from '../source/tree.ts';
import type { MapEntry, TreeNode } from '../source/tree.ts';
import { computeBackends } from './fields.ts';

/** Something that runs on behalf of the user elsewhere, and needs secrets for it. */
export interface CredentialUse {
  readonly kind: 'kerberos' | 'voms_proxy' | 'rucio';
  readonly node: TreeNode;
}

const runtimes = ['espresso', 'microcentury', 'longlunch', 'workday', 'tomorrow', 'testmatch', 'nextweek'];

interface ValueFault {
  readonly message: string;
  readonly near?: string | undefined;
}

/** What is wrong with a text, by setting; settings that are not here may be any text. */
const faultOf: Readonly<Record<string, (text: string) => ValueFault | undefined>> = {
  compute_backend: (text) =>
    computeBackends.some((backend) => backend === text)
      ? undefined
      : { message: `unknown compute backend \`${text}\``, near: closest(text, computeBackends) },
  htcondor_max_runtime: (text) =>
    /^\d+$/.test(text) || runtimes.includes(text)
      ? undefined
      : { message: `\`${text}\` is no HTCondor run time`, near: closest(text, runtimes) },
  kubernetes_memory_limit: memoryFault,
  kubernetes_memory_request: memoryFault,
  c4p_memory_limit: memoryFault,
  kubernetes_cpu_limit: cpuFault,
  kubernetes_cpu_request: cpuFault,
  slurm_time: (text) =>
    /^(?:\d+|\d+:[0-5]?\d(?::[0-5]?\d)?|\d+-\d+(?::[0-5]?\d){0,2})$/.test(text)
      ? undefined
      : {
          message: `\`${text}\` is no time limit of Slurm; write for example \`60\` (minutes) or \`01:30:00\``,
        },
};

/** Checks settings whose types have been looked at, and what they are together.
 *  @returns the credentials that they ask for */
export function checkSettings(entries: readonly MapEntry[], findings: Findings): readonly CredentialUse[] {
  const settings = new Map(entries.map(({ key, value }) => [keyText(key), value]));
  for (const [name, value] of settings) checkValue(name, value, findings);
  checkTogether(settings, findings);
  checkBackend(entries, textOf(settings.get('compute_backend')), findings);
  return (['kerberos', 'voms_proxy', 'rucio'] as const).flatMap((kind) => {
    const entry = entries.find(({ key }) => keyText(key) === kind);
    return entry?.value.kind === 'scalar' && entry.value.value === true ? [{ kind, node: entry.key }] : [];
  });
}

/** Says that a step takes whatever memory limit the cluster has.
 *  @param place where the limit would be written */
export function hintMemoryLimit(entries: readonly MapEntry[], place: Span, findings: Findings): void {
  const settings = new Map(entries.map(({ key, value }) => [keyText(key), value]));
  const backend = textOf(settings.get('compute_backend')) ?? 'kubernetes';
  if (backend !== 'kubernetes' || settings.has('kubernetes_memory_limit')) return;
  findings.warning(
    'reana/no-memory-limit',
    place,
    'the step has no `kubernetes_memory_limit`, so that of the cluster counts',
  );
}

function checkValue(name: string, value: TreeNode, findings: Findings): void {
  const code = `reana/bad-${name.replaceAll('_', '-')}`;
  const text = textOf(value);
  const fault = text === undefined ? undefined : faultOf[name]?.(text);
  if (fault !== undefined) {
    findings.error(code, spanOf(value), fault.message, {
      help: fault.near === undefined ? undefined : `did you mean \`${fault.near}\`?`,
    });
  }
  if (
    name === 'kubernetes_job_timeout' &&
    value.kind === 'scalar' &&
    typeof value.value === 'number' &&
    value.value <= 0
  ) {
    findings.error(
      'reana/bad-kubernetes-job-timeout',
      spanOf(value),
      'a job needs some time: at least 1 second',
    );
  }
}

/** A request above its limit is refused by Kubernetes. */
function checkTogether(settings: ReadonlyMap<string, TreeNode>, findings: Findings): void {
  for (const [what, amountOf] of [
    ['memory', bytesOf],
    ['cpu', coresOf],
  ] as const) {
    const request = settings.get(`kubernetes_${what}_request`);
    const wanted = amountOf(textOf(request));
    const allowed = amountOf(textOf(settings.get(`kubernetes_${what}_limit`)));
    if (request === undefined || wanted === undefined || allowed === undefined || wanted <= allowed) continue;
    findings.error(
      'reana/request-above-limit',
      spanOf(request),
      `the request is above \`kubernetes_${what}_limit\`, and Kubernetes refuses such a job`,
    );
  }
}

/** By the beginning of a setting, the only backend that looks at it. Settings of Kubernetes are often left in place, because
 *  it is the usual backend, so nothing is said of them. */
const owners: Readonly<Record<string, string>> = {
  htcondor_: 'htcondorcern',
  slurm_: 'slurmcern',
  c4p_: 'compute4punch',
};

function checkBackend(entries: readonly MapEntry[], given: string | undefined, findings: Findings): void {
  const backend = given ?? 'kubernetes';
  for (const { key } of entries) {
    const name = keyText(key);
    const owner = Object.entries(owners).find(([start]) => name.startsWith(start))?.[1];
    if (owner === undefined || owner === backend || !computeBackends.some((one) => one === backend)) continue;
    const message = `\`${name}\` has no effect: the job runs on \`${backend}\`, not on \`${owner}\``;
    findings.warning('reana/ignored-setting', spanOf(key), message, {
      help: given === undefined ? `add \`compute_backend: ${owner}\`` : undefined,
    });
  }
}

/** Numbers alone are bytes; `Ki` to `Ei` count in 1024s, `K` to `E` in 1000s. */
const memory = /^(?:(\d+)|((?:\d+[.])?\d+)([EPTGMK])(i?))$/;

function memoryFault(text: string): ValueFault | undefined {
  return memory.test(text)
    ? undefined
    : { message: `\`${text}\` is no amount of memory; write for example \`8Gi\` or \`512Mi\`` };
}

function cpuFault(text: string): ValueFault | undefined {
  return coresOf(text) === undefined || coresOf(text) === 0
    ? { message: `\`${text}\` is no number of processors; write for example \`2\`, \`0.5\` or \`500m\`` }
    : undefined;
}

function bytesOf(text: string | undefined): number | undefined {
  const match = memory.exec(text ?? '');
  if (match === null) return undefined;
  const [, bytes, amount, unit = '', binary] = match;
  return bytes !== undefined
    ? Number(bytes)
    : Number(amount) * (binary === 'i' ? 1024 : 1000) ** ('KMGTPE'.indexOf(unit) + 1);
}

function coresOf(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(m?)$/.exec(text ?? '');
  return match === null ? undefined : Number(match[1]) / (match[2] === 'm' ? 1000 : 1);
}
