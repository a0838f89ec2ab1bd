// What the doctor looks at on this machine: Node, disk, container engines.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { engineOf, findEngines, type EngineFinding } from '../../engine/containers/find.ts';
import type { ContainerSetting } from '../../settings/containers.ts';
import { bytes } from '../../terminal/amounts.ts';
import type { Host } from '../host.ts';
import { containerEnvironment, jobEnvironment } from '../servers/job-environment.ts';
import { bad, fine, warning } from './check.ts';
import type { DoctorCheck } from './check.ts';

const oldestNode = [20, 19];

/** @param version as Node gives it: `20.19.0` */
export function nodeCheck(version: string): DoctorCheck {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = oldestNode;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) {
    return fine('node', 'Node', version);
  }
  const problem = {
    message: `${version} is too old; pchain needs ${oldestNode.join('.')} or newer`,
    hint: 'install a newer Node',
  };
  return bad('node', 'Node', problem, ExitCode.local);
}

const littleBytes = 1e9;
const tooLittleBytes = 50e6;

/** Room for sandboxes, the ledger, and what runs on this machine. */
export async function diskCheck(dataDirectory: string): Promise<DoctorCheck> {
  let there = dataDirectory;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    const { bavail, bsize } = await statfs(there);
    return diskWords(dataDirectory, bavail * bsize);
  } catch (thrown) {
    return warning(
      'disk',
      'disk',
      `cannot see how much room \`${there}\` has: ${messageOf(thrown)}`,
      undefined,
    );
  }
}

function diskWords(directory: string, freeBytes: number): DoctorCheck {
  const message = `${bytes(freeBytes)} free at ${directory}`;
  const hint = 'make room, or set PCHAIN_HOME to a folder on another disk';
  if (freeBytes < tooLittleBytes) return bad('disk', 'disk', { message, hint }, ExitCode.local);
  return freeBytes < littleBytes ? warning('disk', 'disk', message, hint) : fine('disk', 'disk', message);
}

/** Which container engines work, each tried. A submission to a grid needs none. */
export async function containerCheck(host: Host, mode: ContainerSetting): Promise<DoctorCheck> {
  const findings = await findEngines({ ...jobEnvironment(host.env), ...containerEnvironment(host.env) });
  const wanted = findings.filter((finding) => mode.engine === undefined || engineOf(finding) === mode.engine);
  const words = wanted.map(engineWords).join('; ');
  const doesOne = wanted.some((finding) => finding.state === 'works');
  if (doesOne || mode.mode !== 'require') {
    const here = doesOne || mode.mode === 'never' ? '' : '; steps with an image run on this machine itself';
    return fine('containers', 'containers', `${words}${here}`, doesOne ? 'good' : 'info');
  }
  const hint = 'install apptainer or podman, or let `containers` be `auto`';
  return bad('containers', 'containers', { message: words, hint }, ExitCode.local);
}

function engineWords(finding: EngineFinding): string {
  switch (finding.state) {
    case 'works':
      return `${finding.found.engine} ${finding.version} works`;
    case 'absent':
      return `${finding.engine} is not installed`;
    case 'broken':
      return `${finding.engine} does not work: ${finding.why}`;
  }
}
