import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { jsonBody } from './body.ts';
import { apiError } from './errors.ts';
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
type Inner = z.infer<typeof shape>['compositeRequest'][number];

/** `@{ref.field}`: a value from an earlier subrequest's response. */
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

/** Runs a subrequest as a separate request that is not counted. */
async function answerOf(
  app: FastifyInstance,
  request: FastifyRequest,
  inner: Inner,
  bodies: Bodies,
) {
  const answer = await app.inject({
    method: inner.method,
    url: substitute(inner.url, bodies),
    headers: {
      authorization: request.headers.authorization ?? '',
      'content-type': 'application/json',
      [INNER_HEADER]: '1',
    },
    ...(inner.body === undefined
      ? {}
      : { payload: substitute(JSON.stringify(inner.body), bodies) }),
  });
  const body: unknown = answer.body === '' ? null : answer.json();
  return {
    body,
    httpHeaders: {},
    httpStatusCode: answer.statusCode,
    referenceId: inner.referenceId,
  };
}

/** "Composite": sequential subrequests in one API call, each with its own status. */
export function registerComposite(scope: FastifyInstance, app: FastifyInstance): void {
  scope.post('/composite', async (request) => {
    const { allOrNone, compositeRequest } = parse(request);
    if (allOrNone)
      throw apiError(
        400,
        'INVALID_INPUT',
        'The simulator does not support allOrNone in composite.',
      );
    const bodies: Bodies = new Map();
    const compositeResponse: unknown[] = [];
    for (const inner of compositeRequest) {
      const answer = await answerOf(app, request, inner, bodies);
      bodies.set(inner.referenceId, answer.body);
      compositeResponse.push(answer);
    }
    return { compositeResponse };
  });
}
