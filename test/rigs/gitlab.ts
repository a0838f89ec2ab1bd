// A GitLab on this machine, as far as a gitlab step asks it: triggers, pipelines with their variables, jobs in pages, traces and
// artifacts, and the ways in which it refuses or fails.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GitlabJob {
  readonly name: string;
  readonly status?: string;
  readonly failure?: string;
  readonly trace?: string;
  /** `gone`: it had some, they were deleted. */
  readonly artifacts?: Buffer | 'gone';
}

export interface GitlabPlan {
  /** What the pipeline is at each look, the last one for ever. */
  readonly statuses: readonly string[];
  readonly jobs?: readonly GitlabJob[];
}

interface RigPipeline {
  readonly id: number;
  readonly ref: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly plan: GitlabPlan;
  looks: number;
  cancelled: boolean;
}

/** Answers of one kind, each taken once, before GitLab works as it should. */
export interface GitlabFaults {
  /** `lost`: the pipeline begins and the connection is cut. */
  trigger?: (number | 'lost' | 'no-variables')[];
  status?: number[];
  artifacts?: number[];
}

export class GitlabRig {
  readonly pipelines: RigPipeline[] = [];
  /** `METHOD path?query` of every request. */
  readonly asked: string[] = [];
  readonly faults: GitlabFaults = {};
  plan: GitlabPlan = { statuses: ['success'] };
  triggerToken = 'glptt-trigger-of-the-rig-01';
  accessToken = 'glpat-access-of-the-rig-012';
  /** Jobs in one page, whatever is asked for. */
  perPage = 100;
  readonly #server = createServer((request, response) => {
    void this.#answer(request, response);
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v4/projects`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://gitlab');
    this.asked.push(`${request.method} ${request.url}`);
    const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
    };
    const path = url.pathname.replace('/api/v4/projects/165337', '');
    if (path === url.pathname) {
      send(404, { message: '404 Project Not Found' });
      return;
    }
    if (path === '/trigger/pipeline') {
      this.#trigger(new URLSearchParams(Buffer.concat(chunks).toString('utf8')), send, () =>
        response.destroy(),
      );
      return;
    }
    if (request.headers.authorization !== `Bearer ${this.accessToken}`) {
      send(401, { message: '401 Unauthorized' });
      return;
    }
    this.#read(path, url, send);
  }

  #trigger(
    form: URLSearchParams,
    send: (status: number, body: unknown, headers?: Record<string, string>) => void,
    cut: () => void,
  ): void {
    const fault = this.faults.trigger?.shift();
    if (fault === 429) {
      send(429, { message: 'Too many requests' }, { 'retry-after': '1' });
      return;
    }
    if (typeof fault === 'number') {
      send(fault, { message: `${fault} of the rig` });
      return;
    }
    if (form.get('token') !== this.triggerToken) {
      send(404, { message: '404 Not Found' });
      return;
    }
    if (fault === 'no-variables' && [...form.keys()].some((key) => key.startsWith('variables'))) {
      send(400, { message: { base: ['Insufficient permissions to set pipeline variables'] } });
      return;
    }
    const variables = [...form].flatMap(([key, value]) => {
      const name = /^variables\[(\w+)\]$/.exec(key)?.[1];
      return name === undefined ? [] : [[name, value] as const];
    });
    const pipeline: RigPipeline = {
      id: 900 + this.pipelines.length,
      ref: form.get('ref') ?? '',
      variables: new Map(variables),
      plan: this.plan,
      looks: 0,
      cancelled: false,
    };
    this.pipelines.push(pipeline);
    if (fault === 'lost') cut();
    else send(201, viewOf(pipeline, 'created'));
  }

  #read(
    path: string,
    url: URL,
    send: (status: number, body: unknown, headers?: Record<string, string>) => void,
  ): void {
    if (path === '/pipelines') {
      send(
        200,
        this.pipelines.toReversed().map((each) => viewOf(each, 'running')),
      );
      return;
    }
    const [, what, id = '', part] = /^\/(pipelines|jobs)\/(\d+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (what === 'jobs') {
      this.#job(Number(id), part ?? '', send);
      return;
    }
    const pipeline = this.pipelines.find((each) => each.id === Number(id));
    if (pipeline === undefined) {
      send(404, { message: '404 Not Found' });
      return;
    }
    switch (part) {
      case 'variables':
        send(
          200,
          [...pipeline.variables].map(([key, value]) => ({ key, value })),
        );
        return;
      case 'cancel':
        pipeline.cancelled = true;
        send(200, viewOf(pipeline, 'canceled'));
        return;
      case 'jobs': {
        const page = Number(url.searchParams.get('page') ?? '1');
        const jobs = (pipeline.plan.jobs ?? []).map((job, index) => ({
          id: pipeline.id * 100 + index,
          name: job.name,
          status: job.status ?? 'success',
          failure_reason: job.failure ?? null,
          ...(job.artifacts === undefined ? {} : { artifacts_file: { filename: 'artifacts.zip' } }),
        }));
        const rest = jobs.length > page * this.perPage ? String(page + 1) : '';
        send(200, jobs.slice((page - 1) * this.perPage, page * this.perPage), { 'x-next-page': rest });
        return;
      }
      default: {
        const fault = this.faults.status?.shift();
        if (fault !== undefined) {
          send(fault, { message: `${fault} of the rig` }, fault === 429 ? { 'retry-after': '1' } : {});
          return;
        }
        const { statuses } = pipeline.plan;
        const status = statuses[Math.min(pipeline.looks++, statuses.length - 1)] ?? 'success';
        send(200, viewOf(pipeline, pipeline.cancelled ? 'canceled' : status));
      }
    }
  }

  #job(id: number, part: string, send: (status: number, body: unknown) => void): void {
    const job = this.pipelines.find((each) => each.id === Math.floor(id / 100))?.plan.jobs?.[id % 100];
    if (part === 'trace') {
      send(200, Buffer.from(job?.trace ?? ''));
      return;
    }
    const fault = this.faults.artifacts?.shift();
    if (fault !== undefined) send(fault, { message: 'of the rig' });
    else if (Buffer.isBuffer(job?.artifacts)) send(200, job.artifacts);
    else send(404, { message: '404 Not Found' });
  }
}

const viewOf = ({ id, ref }: RigPipeline, status: string): Record<string, unknown> => ({
  id,
  ref,
  status,
  project_id: 165337,
  web_url: `https://gitlab.example.org/alice/analysis/-/pipelines/${id}`,
});
