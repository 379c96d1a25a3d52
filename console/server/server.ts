import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { completeCommands, stackSelection } from '../../cli/options.ts';
import type { Connected, Connection } from './connection.ts';
import type { Problem } from './errors.ts';
import { invalid, notFound } from './errors.ts';
import { type Identity, refusalOf, securityHeaders } from './guard.ts';
import type { Asset } from './page.ts';
import { isUnforeseen, problemOf, statusOf } from './problems.ts';
import { SHARED_MS, SharedReads } from './shared-reads.ts';

/** A request, decoded. */
export interface Asked {
  /** What stands for `*` in the path. */
  readonly rest: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Answers a GET: changes nothing. */
export type Read = (connected: Connected, asked: Asked) => Promise<unknown>;

/** Answers a POST. @param body the parsed JSON. */
export type Run = (connected: Connected, body: unknown) => Promise<unknown>;

/** What answers each path below `/api/`. */
export interface Routes {
  readonly readings: Readonly<Record<string, Read>>;
  /** Change nothing. */
  readonly trials: Readonly<Record<string, Run>>;
  /** Change the stack, and need `--steer` on AWS. */
  readonly actions: Readonly<Record<string, Run>>;
}

export interface ConsoleServer {
  /** Without the token. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

export interface ServerOptions extends Identity, Routes {
  readonly connection: Connection;
  /** Without it, actions are refused that change the stack. */
  readonly canSteer: boolean;
  readonly assets: ReadonlyMap<string, Asset>;
  /** How long a reading is given to other tabs, too. */
  readonly sharedMs?: number;
  /** Writes a line on the terminal. */
  readonly log: (text: string) => void;
}

/** An event to try may have 1 MB, as on a bus (EventBridge User Guide, "PutEvents"). */
const BODY_LIMIT_BYTES = 1024 * 1024 + 64 * 1024;

/** Who sends a request more slowly holds its connection for no good reason. */
const REQUEST_MS = 30_000;

const policyOf = (canSteer: boolean): string =>
  canSteer ? 'console-steer.json' : 'console-read.json';

const answerProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply.code(statusOf(problem)).send(problem);

function queryOf({ query }: FastifyRequest): Record<string, string> {
  const entries = Object.entries(Object(query)).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return Object.fromEntries(entries);
}

/** Adds what the page can read and do. After an action, everything is read anew. */
function addRoutes(app: FastifyInstance, options: ServerOptions): void {
  const { actions, canSteer, connection, readings, sharedMs = SHARED_MS, trials } = options;
  const reads = new SharedReads<unknown>();
  for (const [path, read] of Object.entries(readings))
    app.get(`/api/${path}`, (request) =>
      reads.read(request.url, sharedMs, async () => {
        const { '*': rest = '' } = Object(request.params);
        return read(await connection.get(), { rest, query: queryOf(request) });
      }),
    );
  for (const [path, run] of Object.entries(trials))
    app.post(`/api/${path}`, async ({ body }) => run(await connection.get(), body));
  for (const [path, run] of Object.entries(actions))
    app.post(`/api/${path}`, async ({ body }, reply) => {
      if (!canSteer) {
        const message = 'This console only looks: it was started without --steer.';
        const remedy = `npm run console --${stackSelection(connection.options)} --steer`;
        return answerProblem(reply, { kind: 'read-only', message, remedy });
      }
      try {
        return await run(await connection.get(), body);
      } finally {
        reads.clear();
        connection.forget();
      }
    });
}

/** Fastify's own errors: a body that is too long or not JSON, an address that is none. */
function refusalIn(error: unknown): Problem | undefined {
  const { code, statusCode } = Object(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { kind: 'invalid', message: 'The request is longer than 1 MiB.' };
  return statusCode === 400 ? { kind: 'invalid', message: 'The request is not JSON.' } : undefined;
}

/** What the page shows for an error of ours or AWS's. One that nobody has foreseen is printed on the terminal. */
function toProblem(error: unknown, { canSteer, connection, log }: ServerOptions): Problem {
  if (isUnforeseen(error))
    log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const { remedy, ...problem } = problemOf(error, policyOf(canSteer));
  if (/credentials|unreachable/.test(problem.kind)) connection.reconnect();
  if (remedy === undefined) return problem;
  return { ...problem, remedy: completeCommands(remedy, connection.options) };
}

function createApp(options: ServerOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // A path that can't be decoded comes here, past the hooks.
    frameworkErrors: (_error, _request, reply) =>
      answerProblem(reply.headers(securityHeaders), invalid('The address is none.').problem),
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async ({ method, headers, routeOptions }, reply) => {
    reply.headers(securityHeaders);
    const isPage = options.assets.has(routeOptions.url ?? '');
    const refusal = refusalOf({ method, headers, isPage }, options);
    if (refusal) return answerProblem(reply, refusal);
  });
  app.setErrorHandler((error, _request, reply) =>
    answerProblem(reply, refusalIn(error) ?? toProblem(error, options)),
  );
  app.setNotFoundHandler(({ url }, reply) =>
    answerProblem(reply, notFound(`There is nothing at ${url}.`).problem),
  );
  for (const [path, { type, body }] of options.assets)
    app.get(path, (_request, reply) => reply.type(type).send(body));
  return app;
}

/** Serves the page and the API on 127.0.0.1, until it is closed. It does nothing unless it is asked. */
export async function startServer(options: ServerOptions): Promise<ConsoleServer> {
  const app = createApp(options);
  addRoutes(app, options);
  const url = await app.listen({ host: '127.0.0.1', port: options.port });
  return { url, close: () => app.close() };
}
