// iDDS's own calls about the points of a search, at `/idds/hpo/…`: what evaluations on the grid ask for points and tell losses with.
// Source: iDDS `rest/v1/hyperparameteropt.py`. `null` in a path means that nothing is said.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { taskId, type TaskId } from '../../base/names.ts';
import type { PointSummary } from '../../engine/hpo/summary.ts';
import type { ServerParts } from '../parts.ts';

interface Asked {
  /** The task: `workload_id` in iDDS. */
  readonly workload: string;
  readonly request: string;
  readonly id: string;
}

export function registerIddsHpo(app: FastifyInstance, parts: ServerParts): void {
  app.get<{ Params: Asked & { readonly status: string; readonly limit: string } }>(
    '/idds/hpo/:workload/:request/:id/:status/:limit',
    (request, reply) => {
      const { id, status, limit } = request.params;
      const points = searchOf(request.params, parts);
      if (points === undefined) return refuse(reply, 404, 'there is no such search');
      const wanted = given(status)?.toLowerCase();
      const most = given(limit) === undefined ? Infinity : Number(limit);
      if (Number.isNaN(most)) return refuse(reply, 400, 'the limit is not a number');
      return reply.send(
        points
          .filter((point) => given(id) === undefined || String(point.id) === id)
          .filter((point) => wanted === undefined || statusOf(point) === wanted)
          .slice(0, most)
          .map((point) => ({
            id: String(point.id),
            parameters: point.segment === null ? point.point : [point.segment, point.point],
            loss: point.loss,
            status: statusOf(point),
          })),
      );
    },
  );

  app.put<{ Params: Asked & { readonly loss: string } }>(
    '/idds/hpo/:workload/:request/:id/:loss',
    (request, reply) => {
      const { id, loss } = request.params;
      const task = taskOf(request.params, parts);
      const value = Number(loss);
      if (loss.trim() === '' || !Number.isFinite(value))
        return refuse(reply, 400, 'the loss is not a number');
      if (task === undefined || !/^\d{1,9}$/.test(id)) return refuse(reply, 404, 'there is no such search');
      const told = parts.engine.tellLoss(task, Number(id), value);
      if (told.done) return reply.send({ status: 0, message: 'update successfully' });
      return told.why === 'status'
        ? refuse(reply, 409, `point ${id} is not open: ${told.status}`)
        : refuse(reply, 404, 'there is no such point');
    },
  );
}

function searchOf(asked: Asked, parts: ServerParts): readonly PointSummary[] | undefined {
  const task = taskOf(asked, parts);
  return task === undefined ? undefined : parts.engine.search(task)?.points;
}

/** The task that is meant; with nothing but a request, its only search. */
function taskOf({ workload, request }: Asked, { engine }: ServerParts): TaskId | undefined {
  const number = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);
  const id = number(workload);
  const inRequest = number(request);
  if (id !== undefined) {
    const task = engine.task(taskId(id));
    return inRequest === undefined || task?.requestId === inRequest ? task?.id : undefined;
  }
  const found = engine.requests().find((one) => one.id === inRequest);
  const searches = found === undefined ? [] : engine.tasks(found.id).filter((task) => task.type === 'phpo');
  return searches.length === 1 ? searches[0]?.id : undefined;
}

const given = (text: string): string | undefined => (text === 'null' ? undefined : text);

/** iDDS's words for the state of a content. */
function statusOf(point: PointSummary): string {
  return ({ waiting: 'new', evaluating: 'processing', evaluated: 'available', failed: 'failed' } as const)[
    point.status
  ];
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ ExceptionClass: 'IDDSException', ExceptionMessage: message });
}
