// Which container engines of this machine work: tried, not only looked for.
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  lstatSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../base/text.ts';
import { findProgram } from '../process/tool.ts';
import { containerEngines, type ContainerEngine } from './image.ts';

export interface FoundEngine {
  readonly engine: ContainerEngine;
  readonly path: string;
  /** Its containers have no rights that its user does not have. */
  readonly isRootless: boolean;
}

export type EngineFinding =
  | { readonly state: 'works'; readonly found: FoundEngine; readonly version: string }
  | { readonly state: 'absent'; readonly engine: ContainerEngine }
  /** `why`: in its own words, one line. */
  | { readonly state: 'broken'; readonly engine: ContainerEngine; readonly why: string };

export const engineOf = (finding: EngineFinding): ContainerEngine =>
  finding.state === 'works' ? finding.found.engine : finding.engine;

/** Looks for all engines, the preferred one first.
 *  @param environment of their commands */
export function findEngines(
  environment: Readonly<Record<string, string>>,
): Promise<readonly EngineFinding[]> {
  return Promise.all(containerEngines.map((engine) => tryEngine(engine, environment)));
}

/** `docker: Cannot connect …; apptainer is not installed`: why none of the findings works. */
export function whyNone(findings: readonly EngineFinding[]): string {
  const words = findings.map((finding) => {
    if (finding.state === 'absent') return `${finding.engine} is not installed`;
    return finding.state === 'broken'
      ? `${finding.engine} does not work: ${finding.why}`
      : finding.found.engine;
  });
  return words.join('; ');
}

async function tryEngine(
  engine: ContainerEngine,
  environment: Readonly<Record<string, string>>,
): Promise<EngineFinding> {
  const path = findProgram(engine, environment['PATH'] ?? '');
  if (path === undefined) return { state: 'absent', engine };
  const ask = (words: readonly string[]): Promise<Answer> => run(path, words, environment);
  const answer = await tries[engine](ask, environment);
  if (answer.why !== undefined) return { state: 'broken', engine, why: answer.why };
  return {
    state: 'works',
    version: answer.version,
    found: { engine, path, isRootless: answer.isRootless },
  };
}

interface Answer {
  readonly out: string;
  /** `undefined`: it ended well. */
  readonly why: string | undefined;
}
type Ask = (words: readonly string[]) => Promise<Answer>;
interface Trial {
  readonly version: string;
  readonly isRootless: boolean;
  readonly why: string | undefined;
}

const tries: Readonly<
  Record<ContainerEngine, (ask: Ask, environment: Readonly<Record<string, string>>) => Promise<Trial>>
> = {
  async apptainer(ask, environment) {
    const { out, why } = await ask(['version']);
    if (why !== undefined) return { version: '', isRootless: true, why };
    const trial = await inEmptyImage(environment, (image, mounts) =>
      ask(['exec', '--no-home', ...mounts, image, 'true']),
    );
    return { version: out, isRootless: true, why: trial.why };
  },
  async podman(ask, environment) {
    const { out, why } = await ask(['info', '--format', '{{.Version.Version}} {{.Host.Security.Rootless}}']);
    if (why !== undefined) return { version: '', isRootless: false, why };
    const [version = '', rootless] = out.split(' ');
    const trial = await inEmptyImage(environment, (image, mounts) =>
      ask(['run', '--rm', '--network', 'host', ...mounts, '--rootfs', image, 'true']),
    );
    return { version, isRootless: rootless === 'true', why: trial.why };
  },
  // It has no images that are sure to be there; its daemon says whether it can be used.
  async docker(ask) {
    const { out, why } = await ask(['version', '--format', '{{.Server.Version}}']);
    if (why !== undefined) return { version: '', isRootless: false, why };
    const security = await ask(['info', '--format', '{{json .SecurityOptions}}']);
    return { version: out, isRootless: security.out.includes('name=rootless'), why: security.why };
  },
};

/** Tries to run a program of this machine in an image that is nothing but its system directories. */
async function inEmptyImage(
  environment: Readonly<Record<string, string>>,
  attempt: (image: string, mounts: readonly string[]) => Promise<Answer>,
): Promise<Answer> {
  // Only Linux can run the programs of the machine itself; elsewhere a container lives in another one.
  if (!existsSync('/proc/self')) return { out: '', why: undefined };
  const image = mkdtempSync(join(environment['TMPDIR'] ?? '/tmp', 'pchain-trial-'));
  try {
    const mounts: string[] = [];
    for (const name of ['usr', 'bin', 'lib', 'lib64']) {
      const link = linkOf(`/${name}`);
      if (link === 'none') continue;
      if (link !== 'directory') {
        symlinkSync(link, join(image, name));
        continue;
      }
      mkdirSync(join(image, name));
      mounts.push('--mount', `type=bind,source=/${name},target=/${name},readonly`);
    }
    for (const name of ['proc', 'sys', 'dev', 'tmp', 'var', 'var/tmp', 'etc', 'run', 'root', 'home'])
      mkdirSync(join(image, name));
    for (const name of ['passwd', 'group', 'hosts', 'resolv.conf', 'localtime'])
      writeFileSync(join(image, 'etc', name), '');
    return await attempt(image, mounts);
  } finally {
    rmSync(image, { recursive: true, force: true });
  }
}

/** Where a link of the system leads; `directory`: it is one itself. */
function linkOf(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 'none';
  return found.isSymbolicLink() ? readlinkSync(path) : 'directory';
}

/** A daemon that does not answer must not keep runs waiting. */
const limitMs = 30_000;

function run(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Answer> {
  const options = { env: { ...environment }, cwd: '/', timeout: limitMs, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) => {
    execFile(program, words, options, (error, stdout, stderr) => {
      const lines = printable(stderr)
        .split('\n')
        .filter((line) => line.trim() !== '');
      const last = lines.at(-1)?.trim().slice(0, 300);
      const why =
        error === null
          ? undefined
          : error.killed === true
            ? `no answer within ${limitMs / 1000} s`
            : (last ?? `it ended with status ${String(error.code)}`);
      resolve({ out: printable(stdout).trim(), why });
    });
  });
}
