// The key that makes a repeated submission recognisable, on this machine and on a pchain server.
import { createHash } from 'node:crypto';

export interface SubmissionParts {
  /** `local`, or `scheme://host:port`. */
  readonly server: string;
  readonly outDS: string;
  /** Digests of the workflow's files by their path in the sandbox. */
  readonly files: Readonly<Record<string, string>>;
  /** The values of the workflow's inputs, as JSON data; `undefined`: it has none. */
  readonly inputs: unknown;
  /** SHA-256 of the sandbox, or another text that changes with its content. */
  readonly sandbox: string;
}

/** 32 hexadecimal digits that depend on nothing but the content of the parts: the order of names plays no role. */
export function submissionKey(parts: SubmissionParts): string {
  return createHash('sha256').update(canonical(parts)).digest('hex').slice(0, 32);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value)
      .filter(([, inside]) => inside !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inside]) => `${JSON.stringify(key)}:${canonical(inside)}`);
    return `{${pairs.join(',')}}`;
  }
  // `undefined` has no JSON; in a list it counts as null, as JSON itself does.
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value ?? null);
}

/** The name by which a request is found again when the answer to its submission was lost: `user.alice.scan7.pchain-<key>`. It is a name
 *  for people and for looking up; datasets are named after the outDS alone. */
export function submissionMark(outDS: string, key: string): string {
  return `${outDS}.pchain-${key}`;
}
