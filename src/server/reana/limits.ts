// Limits as REANA's server has them: requests per second, and the disk quota. Both are off without being asked for,
// because on the user's own machine they would only be in the way.
import type { Clock } from '../../base/clock.ts';
import type { ReanaUsage } from '../../engine/api.ts';
import { sizeOf } from './query.ts';
import { WireError } from './wire-error.ts';

export interface ReanaLimits {
  /** Of one client; `undefined`: as many as it likes. */
  readonly requestsPerSecond?: number | undefined;
  /** For all workspaces together; `undefined`: what the disk has. */
  readonly diskBytes?: number | undefined;
}

export interface RateAnswer {
  readonly allowed: boolean;
  /** The headers of flask-limiter: what is allowed, what is left, and when the window ends (seconds since 1970). */
  readonly headers: Readonly<Record<string, string>>;
}

const windowMs = 1000;
/** Clients are told apart by what they call themselves: a limit on how many names are remembered. */
const mostClients = 1000;

/** Counts requests of each client in a window that moves. */
export function rateLimit(perSecond: number, clock: Clock): (client: string) => RateAnswer {
  const recent = new Map<string, number[]>();
  return (client) => {
    const nowMs = clock.nowMs();
    const times = (recent.get(client) ?? []).filter((time) => nowMs - time < windowMs);
    const allowed = times.length < perSecond;
    if (allowed) times.push(nowMs);
    recent.delete(client);
    recent.set(client, times);
    const oldest = recent.keys().next().value;
    if (recent.size > mostClients && oldest !== undefined) recent.delete(oldest);
    const endsMs = (times[0] ?? nowMs) + windowMs;
    return {
      allowed,
      headers: {
        'x-ratelimit-limit': String(perSecond),
        'x-ratelimit-remaining': String(Math.max(0, perSecond - times.length)),
        'x-ratelimit-reset': String(Math.ceil(endsMs / 1000)),
        ...(allowed ? {} : { 'retry-after': String(Math.max(1, Math.ceil((endsMs - nowMs) / 1000))) }),
      },
    };
  };
}

export const tooManyRequests = (perSecond: number): string =>
  `Too many requests in a given amount of time. Only "${perSecond} per 1 second" allowed.`;

/** @throws WireError 403 in REANA's words when nothing more may be stored or run */
export function refuseOverQuota(limits: ReanaLimits, usage: () => ReanaUsage): void {
  const limit = limits.diskBytes;
  if (limit === undefined) return;
  const used = usage().diskBytes;
  if (used < limit) return;
  throw new WireError(
    403,
    `User quota exceeded.\nResource: disk, usage: ${shown(used)} out of ${shown(limit)} used (${Math.floor((used / limit) * 100)}%)\n` +
      'Please see: https://docs.reana.io/advanced-usage/user-quotas',
  );
}

/** @throws WireError 403 when a file of this size does not fit any more */
export function refuseTooLargeUpload(
  limits: ReanaLimits,
  usage: () => ReanaUsage,
  name: string,
  sizeBytes: number,
): void {
  const limit = limits.diskBytes;
  if (limit === undefined || usage().diskBytes + sizeBytes <= limit) return;
  throw new WireError(
    403,
    `Uploading file ${name} would exceed the disk quota limit (${shown(limit)}). Aborting. Please see: https://docs.reana.io/advanced-usage/user-quotas`,
  );
}

/** The member `quota` of `GET /api/you`. */
export function quotaAnswer(limits: ReanaLimits, usage: ReanaUsage): object {
  const { diskBytes: limit } = limits;
  const disk = { usage: sizeOf(usage.diskBytes) };
  return {
    cpu: { usage: { raw: usage.jobMs, human_readable: duration(usage.jobMs) } },
    disk:
      limit === undefined ? disk : { ...disk, limit: sizeOf(limit), health: health(usage.diskBytes / limit) },
  };
}

function health(share: number): string {
  return share >= 1 ? 'critical' : share >= 0.8 ? 'warning' : 'healthy';
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const shownParts = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`);
  return shownParts.length === 0 ? '0s' : shownParts.join(' ');
}

const shown = (bytes: number): string => sizeOf(bytes).human_readable;
