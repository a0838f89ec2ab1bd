// What the embedded REANA says of itself and of its user.
import type { ReanaUsage } from '../../engine/api.ts';
import { quotaAnswer } from './limits.ts';
import type { ReanaLimits } from './limits.ts';

/** The generation of the protocol that is spoken here, in the words of its servers. */
const protocolVersion = '0.9.4';

/** The answer of `GET /api/you`. */
export function youAnswer(user: string, limits: ReanaLimits, usage: ReanaUsage): object {
  return {
    email: `${user}@localhost`,
    full_name: user,
    username: user,
    reana_server_version: protocolVersion,
    reana_token: { value: '', status: 'active', requested_at: 'Thu, 01 Jan 1970 00:00:00 GMT' },
    quota: quotaAnswer(limits, usage),
  };
}

/** The answer of `GET /api/info`. */
export function infoAnswer(): object {
  const row = (title: string, value: unknown): object => ({ title, value });
  return {
    workspaces_available: row('List of available workspaces', ['/var/reana']),
    default_workspace: row('Default workspace', '/var/reana'),
    // Back ends are accepted by their names, so that a specification for a cluster runs unchanged; all of them mean this machine.
    compute_backends: row('List of supported compute backends', [
      'kubernetes',
      'htcondorcern',
      'slurmcern',
      'compute4punch',
    ]),
    default_kubernetes_memory_limit: row('Default memory limit for Kubernetes jobs', null),
    kubernetes_max_memory_limit: row('Maximum allowed memory limit for Kubernetes jobs', null),
    maximum_workspace_retention_period: row('Maximum retention period in days for workspace files', null),
    // These two must be texts: REANA's client refuses the whole answer otherwise.
    default_kubernetes_jobs_timeout: row('Default timeout for Kubernetes jobs', 'none'),
    maximum_kubernetes_jobs_timeout: row('Maximum timeout for Kubernetes jobs', 'none'),
    maximum_interactive_session_inactivity_period: row(
      'Maximum inactivity period in days before automatic closure of interactive sessions',
      null,
    ),
  };
}
