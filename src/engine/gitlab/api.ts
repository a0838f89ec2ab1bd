// GitLab over HTTP, as far as a gitlab step needs it. Tokens travel in the body or in a header, never in an address.
import * as v from 'valibot';
import { AuthError, PchainError, RemoteError } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { formBody } from '../../http/body.ts';
import type { HttpClient } from '../../http/client.ts';
import type { HttpAnswer, HttpRequest } from '../../http/request.ts';
import type { PipelineSpec } from './spec.ts';

const pipelineShape = v.object({
  id: v.number(),
  status: v.string(),
  web_url: v.optional(v.nullable(v.string())),
});
export type Pipeline = v.InferOutput<typeof pipelineShape>;

const jobShape = v.object({
  id: v.number(),
  name: v.string(),
  status: v.string(),
  allow_failure: v.optional(v.nullable(v.boolean())),
  failure_reason: v.optional(v.nullable(v.string())),
  artifacts_file: v.optional(v.nullable(v.object({ filename: v.optional(v.nullable(v.string())) }))),
});
export type PipelineJob = v.InferOutput<typeof jobShape>;

const variablesShape = v.array(v.object({ key: v.string(), value: v.optional(v.nullable(v.string())) }));

export interface GitlabAccess {
  readonly http: HttpClient;
  readonly spec: PipelineSpec;
  readonly triggerToken: Secret;
  readonly accessToken: Secret;
}

/** The answer to a trigger never came: GitLab may have begun a pipeline. */
export class TriggerLost extends RemoteError {}

export class GitlabApi {
  readonly #access: GitlabAccess;

  constructor(access: GitlabAccess) {
    this.#access = access;
  }

  /** Begins a pipeline. It is sent once only.
   *  @throws TriggerLost when nobody knows whether it arrived */
  async trigger(variables: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Pipeline> {
    const { http, spec, triggerToken } = this.#access;
    const fields = Object.entries(variables).map(([name, value]) => [`variables[${name}]`, value] as const);
    const url = `${this.#project}/trigger/pipeline`;
    const answer = await http
      .request({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: formBody({ token: triggerToken.reveal(), ref: spec.ref, ...Object.fromEntries(fields) }),
        expect: [200, 201, 400, 401, 403, 404],
        signal,
      })
      .catch((cause: unknown) => {
        throw neverArrived(cause)
          ? cause
          : new TriggerLost(`the answer of GitLab was lost: ${cause instanceof Error ? cause.message : ''}`, {
              cause,
            });
      });
    if (answer.status < 300) return read(pipelineShape, answer);
    throw refusal(answer, `the trigger token (the secret \`${spec.triggerToken}\`)`, spec);
  }

  async pipeline(id: number, signal: AbortSignal): Promise<Pipeline> {
    return read(pipelineShape, await this.#get(`/pipelines/${id}`, signal));
  }

  /** The pipeline that was begun with this key, of those of the branch that triggers began; `undefined`: there is none.
   *  @throws AuthError when the token may not read the variables of pipelines */
  async pipelineWithKey(name: string, key: string, signal: AbortSignal): Promise<Pipeline | undefined> {
    const query = `/pipelines?source=trigger&ref=${encodeURIComponent(this.#access.spec.ref)}&order_by=id&sort=desc`;
    // A lost answer is looked for soon: its pipeline is among the latest.
    const latest = await this.#list(query, pipelineShape, signal, 2);
    for (const pipeline of latest) {
      const variables = read(variablesShape, await this.#get(`/pipelines/${pipeline.id}/variables`, signal));
      if (variables.some((each) => each.key === name && each.value === key)) return pipeline;
    }
    return undefined;
  }

  jobs(id: number, signal: AbortSignal): Promise<readonly PipelineJob[]> {
    return this.#list(`/pipelines/${id}/jobs?include_retried=false`, jobShape, signal, 100);
  }

  /** What a job printed; empty when it cannot be had. */
  async trace(job: number, signal: AbortSignal): Promise<string> {
    const answer = await this.#get(`/jobs/${job}/trace`, signal, { expect: [200, 403, 404] });
    return answer.status === 200 ? answer.body.toString('utf8') : '';
  }

  /** Saves the zip of a job's artifacts.
   *  @returns false: there is none (any more) */
  async artifacts(job: number, path: string, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#get(`/jobs/${job}/artifacts`, signal, {
      expect: [200, 404],
      saveTo: { path },
    });
    return answer.status === 200;
  }

  async cancel(id: number, signal: AbortSignal): Promise<void> {
    const { http, accessToken } = this.#access;
    const url = `${this.#project}/pipelines/${id}/cancel`;
    await http.request({ method: 'POST', url, token: accessToken, repeatable: true, signal });
  }

  get #project(): string {
    const { api, projectId } = this.#access.spec;
    return `${api}/${projectId}`;
  }

  async #get(path: string, signal: AbortSignal, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
    const { http, accessToken, spec } = this.#access;
    const url = `${this.#project}${path}`;
    const expect = [...(more.expect ?? [200]), 401];
    const request = {
      method: 'GET',
      url,
      token: accessToken,
      repeatable: true,
      signal,
      ...more,
      expect,
    } as const;
    const answer = await http.request(request);
    if (answer.status !== 401) return answer;
    throw refusal(answer, `the access token (the secret \`${spec.accessToken}\`)`, spec);
  }

  /** All pages of a list. */
  async #list<Shape extends v.GenericSchema>(
    path: string,
    shape: Shape,
    signal: AbortSignal,
    mostPages: number,
  ): Promise<v.InferOutput<Shape>[]> {
    const found: v.InferOutput<Shape>[] = [];
    let page = '1';
    for (let count = 0; page !== '' && count < mostPages; count++) {
      const answer = await this.#get(`${path}&per_page=100&page=${encodeURIComponent(page)}`, signal);
      found.push(...read<v.ArraySchema<Shape, undefined>>(v.array(shape), answer));
      page = answer.headers['x-next-page'] ?? '';
    }
    return found;
  }
}

/** True when a request had no effect for sure. */
function neverArrived(thrown: unknown): boolean {
  if (!(thrown instanceof PchainError)) return false;
  const { reached, status } = thrown as { reached?: unknown; status?: unknown };
  // A gateway answers without knowing what became of the request behind it.
  return reached === 'no' || (reached === 'answered' && typeof status === 'number' && status < 500);
}

function refusal(answer: HttpAnswer, token: string, spec: PipelineSpec): PchainError {
  const said = wordsOf(answer);
  const place = `project ${spec.projectId}`;
  switch (answer.status) {
    case 401:
    case 403:
      return new AuthError(`GitLab refused ${token} for ${place}${said}`, {
        hint: 'check it with `pbook secrets`, and that it has not ended',
      });
    case 404:
      // So GitLab also answers to tokens that may not see a project.
      return new RemoteError(`GitLab has no ${place}, or not for ${token}${said}`);
    default:
      return new RemoteError(`GitLab began no pipeline of ${place} at \`${spec.ref}\`${said}`);
  }
}

const messageShape = v.union([v.object({ message: v.unknown() }), v.object({ error: v.unknown() })]);

function wordsOf(answer: HttpAnswer): string {
  try {
    const parsed = v.parse(messageShape, JSON.parse(answer.body.toString('utf8')));
    const words = 'message' in parsed ? parsed.message : parsed.error;
    return `: ${typeof words === 'string' ? words : JSON.stringify(words)}`.slice(0, 500);
  } catch {
    return '';
  }
}

function read<Shape extends v.GenericSchema>(shape: Shape, answer: HttpAnswer): v.InferOutput<Shape> {
  try {
    return v.parse(shape, JSON.parse(answer.body.toString('utf8')));
  } catch (cause) {
    throw new RemoteError(`\`${answer.name}\` answered nothing that GitLab says`, { cause });
  }
}
