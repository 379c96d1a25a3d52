import { join } from 'node:path';
import getPort from 'get-port';
import type { StackInfo } from '../../../console/api.ts';
import { Connection } from '../../../console/server/connection.ts';
import { ProblemError } from '../../../console/server/errors.ts';
import type { Asset } from '../../../console/server/page.ts';
import { bundlePage } from '../../../console/server/page.ts';
import { type Asked, type Read, type Run, startServer } from '../../../console/server/server.ts';
import { root } from '../../../local/stack/paths.ts';
import * as data from './data.ts';
import * as failures from './failures-data.ts';

/** Answers by path, as in `console/api.ts`. A `ProblemError` is answered as such. */
export type Answers = Readonly<Record<string, unknown>>;

type Answer = (asked: Asked) => unknown;

const usual: Answers = {
  stack: data.stack,
  flow: data.flow,
  rates: data.rates,
  events: ({ query }: Asked) => data.eventPage(query['cursor']),
  'events/*': data.trace,
  payload: data.payload,
  failures: ({ query }: Asked) =>
    query['place'] === 'parked' ? failures.parkedPage : failures.failurePage(3, query['cursor']),
  'failures/*': failures.failureDetail,
  mappings: data.mappings,
  'mappings/try': data.trial,
  connections: data.connections,
};

const posts = [
  'mappings/try',
  'failures/redrive',
  'failures/park',
  'failures/unpark',
  'failures/drop',
  'pause',
  'resume',
];

const byPath = <Route>(paths: readonly string[], create: (path: string) => Route) =>
  Object.fromEntries(paths.map((path) => [path, create(path)]));

/** What is answered to the page, and what it asked. */
function createAnswers(canSteer: boolean) {
  let answers: Answers = usual;
  /** Paths that were asked for, in order; and what was posted. */
  const asked: string[] = [];
  const posted: { path: string; body: unknown }[] = [];
  const answer = async (path: string, from: Asked): Promise<unknown> => {
    const found = answers[path];
    const value = typeof found === 'function' ? await (found as Answer)(from) : found;
    if (value instanceof Error) throw value;
    return value ?? { results: { done: 1 }, summary: `Done: ${path}.` };
  };
  const run =
    (path: string): Run =>
    async (_, body) => {
      posted.push({ path, body });
      return answer(path, { rest: '', query: {} });
    };
  const read =
    (path: string): Read =>
    async (_, from) => {
      asked.push(path);
      return answer(path, from);
    };
  /** Changes the usual answers, until the next change. */
  const change = (changed: Answers = {}): void => {
    const stack: StackInfo = { ...data.stack, canSteer };
    answers = { ...usual, stack, ...changed };
    asked.length = 0;
    posted.length = 0;
  };
  return { asked, posted, read, run, change };
}

let bundled: Promise<ReadonlyMap<string, Asset>> | undefined;

/** The real server with the real page, whose readings and actions are answered with `answers`, which may be changed. */
export async function startFakeConsole({ isReadOnly = false, token = 'test-token' } = {}) {
  bundled ??= bundlePage(join(root, 'console/page'));
  const assets = await bundled;
  const canSteer = !isReadOnly;
  const { asked, posted, read, run, change } = createAnswers(canSteer);
  const connection = new Connection({ stackName: 'orders' }, () =>
    Promise.reject(new Error('none')),
  );
  connection.get = () => Promise.resolve(Object(undefined));
  const port = await getPort({ host: '127.0.0.1' });
  const server = await startServer({
    port,
    token,
    canSteer,
    connection,
    assets,
    log: () => undefined,
    sharedMs: 0,
    readings: byPath(
      Object.keys(usual).filter((path) => !posts.includes(path)),
      read,
    ),
    trials: byPath(['mappings/try'], run),
    actions: byPath(posts.slice(1), run),
  });
  return {
    ...server,
    port,
    asked,
    posted,
    address: (view: string) => `${server.url}/#/${view}`,
    start: `${server.url}/#token=${token}`,
    answer: change,
  };
}

export type FakeConsole = Awaited<ReturnType<typeof startFakeConsole>>;

/** A problem as an answer. */
export const problem = (...args: ConstructorParameters<typeof ProblemError>): ProblemError =>
  new ProblemError(...args);
