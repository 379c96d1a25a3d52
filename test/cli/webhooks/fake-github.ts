import Fastify from 'fastify';
import type { Attempt } from '../../../cli/webhooks/deliveries.ts';

const PAGE = 2;

export const attempt = (id: number, change: Partial<Attempt> = {}): Attempt => ({
  id,
  guid: `00000000-0000-0000-0000-${String(id).padStart(12, '0')}`,
  delivered_at: new Date(Date.now() - (1_000 - id) * 1_000).toISOString(),
  status: 'OK',
  status_code: 200,
  event: 'issues',
  action: 'opened',
  ...change,
});

interface FakeOptions {
  readonly token: string;
  readonly hooks: readonly { id: number; config: { url: string } }[];
  /** Newest first, as GitHub lists them. */
  readonly attempts: Attempt[];
  /** Ids of attempts that GitHub refuses to redeliver. */
  readonly refuse?: readonly number[];
}

/** GitHub's webhook endpoints: a hook list, deliveries in pages with a cursor, and attempts that add a delivery. */
export async function startFakeGitHub({ token, hooks, attempts, refuse = [] }: FakeOptions) {
  const server = Fastify();
  const calls: string[] = [];
  server.addHook('onRequest', async (request, reply) => {
    calls.push(`${request.method} ${request.url.split('?')[0]}`);
    if (request.headers.authorization !== `token ${token}`) {
      await reply.code(401).send({ message: 'Bad credentials' });
    }
  });
  for (const owner of ['/repos/:owner/:name', '/orgs/:org']) {
    server.get(`${owner}/hooks`, async () => hooks);
    server.get<{ Querystring: { cursor?: string } }>(
      `${owner}/hooks/:hook/deliveries`,
      async (request, reply) => {
        const start = Number(request.query.cursor ?? 0);
        const next = start + PAGE;
        const path = request.url.split('?')[0];
        if (next < attempts.length) {
          reply.header('link', `<${server.listeningOrigin}${path}?cursor=${next}>; rel="next"`);
        }
        return attempts.slice(start, next);
      },
    );
    server.post<{ Params: { id: string } }>(
      `${owner}/hooks/:hook/deliveries/:id/attempts`,
      async (request, reply) => {
        const before = attempts.find(({ id }) => id === Number(request.params.id));
        if (!before || refuse.includes(before.id)) {
          return reply.code(422).send({ message: 'Delivery cannot be redelivered' });
        }
        attempts.unshift(attempt(attempts.length + 100, { guid: before.guid }));
        return reply.code(202).send({});
      },
    );
  }
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { url, calls, stop: () => server.close() };
}
