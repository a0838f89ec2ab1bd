// The lines of the ledger: what was about to be sent, and what became of it.
import * as v from 'valibot';

const common = {
  /** Recognises one submission; see submission-key.ts. */
  key: v.string(),
  /** Milliseconds since 1970. */
  atMs: v.number(),
};

const entryShapes = {
  /** Written before anything is sent. */
  intent: v.object({
    kind: v.literal('intent'),
    ...common,
    /** `local`, or `scheme://host:port`. */
    server: v.string(),
    outDS: v.string(),
    /** The workflow's files, absolute paths, the main one first. */
    files: v.array(v.string()),
    /** It is a workflow in PanDA's native description: the number it gets is not one of a request. */
    isNative: v.optional(v.boolean()),
    /** Names of the tasks that its steps become. */
    expected: v.optional(v.array(v.string())),
    /** Names of the datasets that the user asked for. */
    outputs: v.optional(v.array(v.string())),
  }),
  /** The server took it. */
  submitted: v.object({ kind: v.literal('submitted'), ...common, requestId: v.nullable(v.number()) }),
  /** It did not arrive, or was refused. */
  failed: v.object({ kind: v.literal('failed'), ...common, error: v.string() }),
  /** The request was seen in a final status. */
  ended: v.object({ kind: v.literal('ended'), ...common, status: v.string() }),
  /** Its outputs lie in this file. */
  collected: v.object({ kind: v.literal('collected'), ...common, path: v.string() }),
  /** The outputs of a run on REANA lie in this file. */
  packed: v.object({ kind: v.literal('packed'), atMs: common.atMs, path: v.string() }),
};

/** One line. Kinds that are not known come from a later version and are skipped by readers. */
export const entryShape = v.variant('kind', [
  entryShapes.intent,
  entryShapes.submitted,
  entryShapes.failed,
  entryShapes.ended,
  entryShapes.collected,
  entryShapes.packed,
]);

export type LedgerEntry = v.InferOutput<typeof entryShape>;
