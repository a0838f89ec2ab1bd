// One method of API v1: its verb, its parameters, and what it does.
import type { FastifyRequest } from 'fastify';
import { readFields } from '../request-body.ts';
import type { ServerParts } from '../parts.ts';
import { bind, queryFields, type Arguments, type Parameters } from './arguments.ts';
import { failed, type Outcome } from './outcome.ts';

export interface Method {
  readonly verb: 'GET' | 'POST';
  /** Answers a request whose verb fits. */
  readonly answer: (request: FastifyRequest, parts: ServerParts) => Promise<Outcome>;
}

/** A method whose arguments come from the query (GET) or from a JSON body (POST). */
export function method<Declared extends Parameters>(
  verb: 'GET' | 'POST',
  declared: Declared,
  run: (values: Arguments<Declared>, parts: ServerParts) => Outcome | Promise<Outcome>,
): Method {
  const answer = async (request: FastifyRequest, parts: ServerParts): Promise<Outcome> => {
    const given =
      verb === 'GET'
        ? queryFields(declared, queryOf(request.url))
        : await readFields(request.body, request.headers['content-type']);
    const bound = bind(declared, given);
    return bound.ok ? run(bound.values, parts) : failed(bound.message);
  };
  return { verb, answer };
}

function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
}
