// A recorded command of the official client: what it asked, what the real server answered.
import * as v from 'valibot';
import { sharedJson } from '../rigs/shared.ts';

const requestShape = v.object({
  port_role: v.string(),
  method: v.string(),
  path: v.string(),
  query: v.fallback(v.array(v.tuple([v.string(), v.string()])), []),
  headers: v.record(v.string(), v.string()),
  body: v.nullish(
    v.object({
      json: v.optional(v.unknown()),
      form: v.optional(v.array(v.tuple([v.string(), v.string()]))),
      gzip: v.optional(v.boolean()),
    }),
    {},
  ),
});
const responseShape = v.object({
  status: v.number(),
  json: v.optional(v.unknown()),
  body: v.optional(v.string()),
});
const shape = v.object({
  command: v.string(),
  requests: v.array(requestShape),
  responses: v.array(responseShape),
});

export type RecordedCommand = v.InferOutput<typeof shape>;
export type RecordedRequest = v.InferOutput<typeof requestShape>;

/** @param name with its transport: `pbook_kill.curl` */
export function recordedCommand(name: string): RecordedCommand {
  return v.parse(shape, sharedJson('recordings', 'panda', `${name}.json`));
}

const lineShape = v.object({
  command: v.string(),
  env: v.record(v.string(), v.string()),
  requests: v.array(v.unknown()),
});

/** A recording as a command line: what was typed, and in which environment. */
export function recordedLine(name: string): v.InferOutput<typeof lineShape> {
  return v.parse(
    v.fallback(lineShape, { command: '', env: {}, requests: [0] }),
    sharedJson('recordings', 'panda', `${name}.json`),
  );
}
