// What the doctor looks at on this machine: Node, disk, container engines.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-code.ts';
import { programVersion } from '../../engine/process/program-version.ts';
import { bytes } from '../../terminal/amounts.ts';
import type { Host } from '../host.ts';
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

export function diskWords(directory: string, freeBytes: number): DoctorCheck {
  const message = `${bytes(freeBytes)} free at ${directory}`;
  const hint = 'make room, or set PCHAIN_HOME to a folder on another disk';
  if (freeBytes < tooLittleBytes) return bad('disk', 'disk', { message, hint }, ExitCode.local);
  return freeBytes < littleBytes ? warning('disk', 'disk', message, hint) : fine('disk', 'disk', message);
}

const engines = ['apptainer', 'podman', 'docker'] as const;
const engineLimitMs = 3_000;

/** What is installed that could run containers; whether it works shows when it is used. A submission to a grid needs none. */
export async function containerCheck(host: Host): Promise<DoctorCheck> {
  const found = await Promise.all(
    engines.map(async (name) => ({ name, version: await programVersion(name, host.env, engineLimitMs) })),
  );
  const there = found.flatMap(({ name, version }) =>
    version === undefined ? [] : version.toLowerCase().includes(name) ? version : `${name} ${version}`,
  );
  return there.length > 0
    ? fine('containers', 'containers', `installed: ${there.join('; ')}`, 'info')
    : fine('containers', 'containers', `none of ${engines.join(', ')} is installed`, 'info');
}
