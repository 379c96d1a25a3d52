import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { apiError } from './errors.ts';
import { jsonBody } from './server.ts';
import { INNER_HEADER } from './usage.ts';

const shape = z.object({
  allOrNone: z.boolean().default(false),
  compositeRequest: z.array(
    z.object({
      method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
      url: z.string().startsWith('/services/data/'),
      referenceId: z.string().min(1),
      body: z.json().optional(),
    }),
  ),
});

const MAX_SUBREQUESTS = 25;

function parse(request: FastifyRequest): z.infer<typeof shape> {
  const parsed = shape.safeParse(jsonBody(request));
  if (!parsed.success) throw apiError(400, 'JSON_PARSER_ERROR', z.prettifyError(parsed.error));
  if (parsed.data.compositeRequest.length <= MAX_SUBREQUESTS) return parsed.data;
  throw apiError(400, 'LIMIT_EXCEEDED', `At most ${MAX_SUBREQUESTS} subrequests are allowed`);
}

type Bodies = Map<string, unknown>;

/** `@{ref.field}`: a value out of an earlier subrequest's answer. */
const substitute = (text: string, bodies: Bodies): string =>
  text.replaceAll(/@\{(\w+)\.([\w.]+)\}/g, (_, reference: string, path: string) => {
    const value = path
      .split('.')
      .reduce<unknown>((tree, key) => Object(tree)[key], bodies.get(reference));
    if (value === undefined) {
      throw apiError(
        400,
        'PROCESSING_HALTED',
        `Invalid reference specified. No value for ${reference}.${path}`,
      );
    }
    return String(value);
  });

/** "Composite": subrequests one after another in one API call, each with a status of its own. */
export function registerComposite(scope: FastifyInstance, app: FastifyInstance): void {
  scope.post('/composite', async (request) => {
    const { allOrNone, compositeRequest } = parse(request);
    if (allOrNone)
      throw apiError(400, 'INVALID_INPUT', 'The simulator does not know allOrNone in composite.');
    const bodies: Bodies = new Map();
    const compositeResponse: unknown[] = [];
    for (const { method, url, referenceId, body } of compositeRequest) {
      const answer = await app.inject({
        method,
        url: substitute(url, bodies),
        headers: {
          authorization: request.headers.authorization ?? '',
          'content-type': 'application/json',
          [INNER_HEADER]: '1',
        },
        ...(body === undefined ? {} : { payload: substitute(JSON.stringify(body), bodies) }),
      });
      const answered: unknown = answer.body === '' ? null : answer.json();
      bodies.set(referenceId, answered);
      compositeResponse.push({
        body: answered,
        httpHeaders: {},
        httpStatusCode: answer.statusCode,
        referenceId,
      });
    }
    return { compositeResponse };
  });
}
