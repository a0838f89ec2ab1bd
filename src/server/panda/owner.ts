// Whose a request is. PanDA knows users by their display name, and writes it with capital letters.
import type { RequestRecord } from '../../engine/records.ts';
import type { ServerParts } from '../parts.ts';

/** True when the user of this server made the request. */
export function isOwner(
  request: RequestRecord | undefined,
  { userName }: Pick<ServerParts, 'userName'>,
): boolean {
  return request?.userName.toLowerCase() === userName.toLowerCase();
}
