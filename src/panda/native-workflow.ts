// A native workflow as newer servers tell of it: its own status, and which task each of its steps has become.
import * as v from 'valibot';
import { printable } from '../base/text.ts';
import { v1Get, type PandaServer } from './connection.ts';
import { v1Envelope } from './envelope.ts';
import { isGone } from './generations.ts';

export interface NativeWorkflow {
  /** PanDA's own word: `running`, `done`, `failed`, `cancelled`, … */
  readonly status: string;
  /** True when the status will not change any more. */
  readonly isFinal: boolean;
  /** Why it is as it is, safe to print; `undefined`: nothing is said. */
  readonly reason: string | undefined;
  readonly steps: readonly NativeStep[];
}

export interface NativeStep {
  readonly name: string;
  readonly status: string;
  /** True when it will not move any more. */
  readonly isFinal: boolean;
  readonly reason: string | undefined;
}

const words = v.fallback(v.nullish(v.string(), ''), '');
const shape = v.object({
  status: v.string(),
  reason: words,
  steps: v.fallback(v.nullish(v.array(v.object({ name: words, status: words, reason: words })), []), []),
});

/** Servers without this method; each is asked once in a command. */
const lacking = new WeakSet<PandaServer>();

/** @returns `undefined` when the server does not tell: it is older than the method, or does not know the workflow */
export async function nativeWorkflow(
  server: PandaServer,
  id: number,
  signal?: AbortSignal,
): Promise<NativeWorkflow | undefined> {
  if (lacking.has(server)) return undefined;
  try {
    const answer = await v1Get(
      server,
      'workflow/get_workflow_details',
      { workflow_id: String(id) },
      { signal },
    );
    const parsed = v.safeParse(shape, v1Envelope(answer).data);
    return parsed.success ? workflowOf(parsed.output) : undefined;
  } catch (thrown) {
    if (!isGone(thrown)) throw thrown;
    lacking.add(server);
    return undefined;
  }
}

function workflowOf({ status, reason, steps }: v.InferOutput<typeof shape>): NativeWorkflow {
  return {
    status: printable(status),
    isFinal: ['done', 'failed', 'cancelled'].includes(status),
    reason: said(reason),
    steps: steps.map((step) => ({
      name: printable(step.name),
      status: printable(step.status),
      isFinal: ['done', 'failed', 'cancelled', 'closed'].includes(step.status),
      reason: said(step.reason),
    })),
  };
}

function said(text: string): string | undefined {
  const line = printable(text).trim();
  return line === '' ? undefined : line;
}
