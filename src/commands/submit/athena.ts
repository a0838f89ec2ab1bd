// The ATLAS software of this shell: what tasks with `opt_useAthenaPackages` are told of it, and the archive with the user's own packages.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { delimiter, dirname, join, relative } from 'node:path';
import { unpackTarGz } from '../../archive/unpack.ts';
import type { TarMember } from '../../archive/tar-member.ts';
import { LocalError, UsageError } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import { lastLines, printable } from '../../base/text.ts';
import { findProgram, runTool } from '../../engine/process/tool.ts';
import type { AthenaRuntime } from '../../panda/templates.ts';
import type { Plan, PlannedStep } from '../../workflow/plan.ts';
import type { Host } from '../host.ts';

/** The software, without its archive. */
export type AthenaRelease = Omit<AthenaRuntime, 'sourcesArchive'>;

/** Whether a step, at any depth, runs with the packages of this shell. */
export function needsAthena(plan: Plan): boolean {
  const needs = (step: PlannedStep): boolean => {
    const value = step.type === 'reana' ? undefined : step.inputs['opt_useAthenaPackages'];
    return (
      (value !== undefined && value !== null && value !== false && value !== '') || step.steps.some(needs)
    );
  };
  return plan.steps.some(needs);
}

/** The release that is set up here.
 *  @throws UsageError when there is none */
export function athenaRelease(env: Host['env']): AthenaRelease {
  const need = (name: string, value: string | undefined): string => {
    if (value !== undefined && value !== '') return value;
    throw new UsageError(
      `the workflow needs Athena, and none is set up in this shell: \`${name}\` is not set`,
      {
        hint: 'set it up first, for example with `asetup`, in the directory of your build',
      },
    );
  };
  need('CMAKE_PREFIX_PATH', env['CMAKE_PREFIX_PATH']);
  return {
    version: need('AtlasVersion', env['AtlasVersion']),
    project: need('AtlasProject', env['AtlasProject']),
    cmtConfig: need('CMTCONFIG', env['CMTCONFIG'] ?? env['BINARY_TAG']),
    platform: env['ALRB_USER_PLATFORM'] ?? 'centos7',
  };
}

const limits = { maxBytes: 20e9, maxMembers: 500_000 };

/** The packages that were built here, as CPack installs them under `usr`; none where the build has no CPack configuration.
 *  @param directory for what is made on the way; the caller removes it
 *  @throws LocalError when `cpack` is missing or fails */
export async function builtPackages(directory: string, host: Host): Promise<readonly TarMember[]> {
  const [prefix = ''] = (host.env['CMAKE_PREFIX_PATH'] ?? '').split(delimiter);
  const build = dirname(prefix);
  if (!existsSync(join(build, 'CPackConfig.cmake'))) {
    host.terminal.detail(`no CPackConfig.cmake in ${build}: no built packages travel`);
    return [];
  }
  const program = findProgram('cpack', host.env['PATH'] ?? '');
  if (program === undefined)
    throw new LocalError('the packages built here cannot be packed: there is no `cpack`', {
      hint: 'it comes with CMake',
    });
  const name = `packages.${randomUUID()}`;
  const empty = ['NAME', 'VERSION', 'VERSION_MAJOR', 'VERSION_MINOR', 'VERSION_PATCH'];
  const said: string[] = [];
  const status = await host.terminal.whileWaiting(`packing the packages built in ${build}`, () =>
    runTool({
      program,
      args: [
        ...['-G', 'TGZ', '-B', directory, '-D', `CPACK_PACKAGE_FILE_NAME=${name}`],
        ...[...empty, 'DESCRIPTION'].flatMap((field) => ['-D', `CPACK_PACKAGE_${field}=`]),
      ],
      workDirectory: build,
      environment: host.env,
      signal: host.signal,
      onLine: (line) => said.push(printable(line)),
    }),
  );
  const archive = join(directory, `${name}.tar.gz`);
  if (status !== 0 || !existsSync(archive))
    throw new LocalError(`cpack failed in \`${build}\`: ${lastLines(said.join('\n'), 1).join('')}`);
  const unpacked = join(directory, 'packages');
  makeDirectory(unpacked);
  await unpackTarGz(archive, unpacked, limits);
  await rm(archive, { force: true });
  return filesBelow(join(unpacked, 'usr'), unpacked);
}

async function filesBelow(directory: string, top: string): Promise<readonly TarMember[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(top, path), path }));
}
