// A server of another version than this command: an older one makes place, a newer one is left alone. An older command that
// is at work meanwhile finds the newer server and goes on with it, so two commands never end each other's.
import { compareVersions } from '../../base/version.ts';
import { askToEnd } from '../../engine/process/daemon.ts';
import type { Host } from '../host.ts';

export interface VersionedServer {
  readonly version: string;
  /** `undefined`: it did not say. */
  readonly pid: number | undefined;
}

type VersionedHost = Pick<Host, 'version' | 'terminal'>;

/** Whether it came before this command. */
export function isOlder(server: VersionedServer, host: Pick<Host, 'version'>): boolean {
  return compareVersions(server.version, host.version) < 0;
}

/** Asks an older server to end. Its jobs go on without it; the next one finds them again.
 *  @param recordedPid reads which process is the server now: another command may have been quicker
 *  @returns true when another one is to be started, or is being started already
 *  @throws LocalError when the system does not let us end it */
export function makesPlace(
  server: VersionedServer,
  recordedPid: () => number | undefined,
  host: VersionedHost,
): boolean {
  const { version, pid } = server;
  if (compareVersions(version, host.version) > 0) sayNewer(version, host);
  if (!isOlder(server, host) || pid === undefined) return false;
  if (recordedPid() !== pid) return true;
  host.terminal.say(
    `pchain ${version} at work on this machine makes place for ${host.version}; its jobs go on meanwhile`,
  );
  askToEnd(pid, 'serve');
  return true;
}

/** Commands that have been told: a connection is made again whenever it was lost. */
const told = new WeakSet<VersionedHost>();

function sayNewer(version: string, host: VersionedHost): void {
  if (told.has(host)) return;
  told.add(host);
  host.terminal.say(
    `the server on this machine is pchain ${version}, newer than this command (${host.version}); it is left at work`,
  );
}
