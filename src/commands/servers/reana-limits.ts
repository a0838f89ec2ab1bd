// The limits of the embedded REANA, as flags of `serve` say them.
import { UsageError } from '../../base/errors.ts';
import type { ReanaLimits } from '../../server/reana/limits.ts';

export interface ReanaLimitFlags {
  /** Like `20G`; without it there is no limit but the disk. */
  readonly reanaQuota?: string | undefined;
  /** Without it a client may ask as often as it likes: the machine is its own. */
  readonly reanaRateLimit?: string | undefined;
}

/** @throws UsageError for what is not a size or a number */
export function reanaLimits({ reanaQuota, reanaRateLimit }: ReanaLimitFlags): ReanaLimits {
  return {
    diskBytes: reanaQuota === undefined ? undefined : bytesOf(reanaQuota),
    requestsPerSecond: reanaRateLimit === undefined ? undefined : rateOf(reanaRateLimit),
  };
}

function bytesOf(text: string): number {
  const match = /^([0-9]{1,15}(?:\.[0-9]{1,6})?) *([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  const power = ['', 'K', 'M', 'G', 'T'].indexOf(match?.[2]?.toUpperCase() ?? '');
  const bytes = Math.floor(Number(match?.[1]) * 1024 ** power);
  if (!(bytes >= 1) || !Number.isSafeInteger(bytes))
    throw new UsageError(`\`--reana-quota\` takes a size like \`20G\`, not \`${text}\``);
  return bytes;
}

function rateOf(text: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(text))
    throw new UsageError(`\`--reana-rate-limit\` takes a number of requests, not \`${text}\``);
  return Number(text);
}
