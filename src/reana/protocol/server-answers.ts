// REANA's answers about the server itself and about the user: what it can do, who is signed in, quotas, facts, secrets.
import { isObject, member, namesOf, optionalNumber, optionalText, text } from './answer-members.ts';

/** What a server can do, as it says itself; its version says nothing about it. */
export interface Protocol {
  /** It takes the files of a specification as a bundle and loads them itself (REANA 0.95); without it, it wants the
   *  specification loaded and as JSON. */
  readonly takesBundles: boolean;
  /** It reads the files of a workflow in the workspace, and wants none of them loaded: the embedded server. */
  readonly readsWorkflowFiles: boolean;
  /** `undefined` where it does not say. */
  readonly serverVersion: string | undefined;
}

export interface SignedIn {
  readonly user: string;
  readonly email: string;
  /** `undefined` where the server does not say. */
  readonly serverVersion: string | undefined;
  /** In the order of the answer, such as `cpu` and `disk`. */
  readonly quota: readonly Quota[];
}

export interface Quota {
  readonly resource: string;
  /** As the server writes it, such as `12 GiB`. */
  readonly used: string;
  readonly usedRaw: number | undefined;
  /** `undefined`: there is no limit. */
  readonly limit: string | undefined;
  readonly limitRaw: number | undefined;
}

/** One fact about a cluster. */
export interface ClusterFact {
  readonly key: string;
  readonly title: string;
  /** A text, a list of texts, or nothing. */
  readonly value: unknown;
}

export function readProtocol(value: unknown): Protocol {
  const capabilities = member(value, 'api_capabilities');
  const can = (name: string): boolean => Array.isArray(capabilities) && capabilities.includes(name);
  return {
    takesBundles: can('workflow-specification-bundles-v1'),
    readsWorkflowFiles: can('pchain-workflow-files-v1'),
    serverVersion: optionalText(value, 'reana_server_version'),
  };
}

export function readSignedIn(value: unknown): SignedIn {
  return {
    user: optionalText(value, 'username') ?? optionalText(value, 'full_name') ?? '',
    email: optionalText(value, 'email') ?? '',
    serverVersion: optionalText(value, 'reana_server_version'),
    quota: namesOf(member(value, 'quota')).map((resource) =>
      readQuota(resource, member(member(value, 'quota'), resource)),
    ),
  };
}

function readQuota(resource: string, value: unknown): Quota {
  const usage = member(value, 'usage');
  const limit = member(value, 'limit');
  const limitRaw = optionalNumber(limit, 'raw');
  // A limit of 0 means none.
  const isLimited = limitRaw !== undefined && limitRaw > 0;
  return {
    resource,
    used: optionalText(usage, 'human_readable') ?? '',
    usedRaw: optionalNumber(usage, 'raw'),
    limit: isLimited ? optionalText(limit, 'human_readable') : undefined,
    limitRaw: isLimited ? limitRaw : undefined,
  };
}

export function readFacts(value: unknown): readonly ClusterFact[] {
  return Object.entries(isObject(value) ? value : {}).map(([key, fact]) => ({
    key,
    title: optionalText(fact, 'title') ?? key,
    value: member(fact, 'value') ?? null,
  }));
}

/** Names and types, never values. */
export function readSecretNames(value: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(value)) throw new Error('it is not a list');
  return new Map(value.map((item: unknown) => [text(item, 'name'), text(item, 'type')]));
}
