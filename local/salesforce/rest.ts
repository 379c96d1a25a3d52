import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonBody } from './body.ts';
import type { createCollections } from './collections.ts';
import { registerComposite } from './composite.ts';
import { apiError } from './errors.ts';
import type { createOAuth } from './oauth.ts';
import { runQuery } from './query.ts';
import type { Reply, SObjects } from './sobjects.ts';
import type { Fields, Store } from './store.ts';
import type { Usage } from './usage.ts';

export interface RestParts {
  readonly oauth: ReturnType<typeof createOAuth>;
  readonly store: Store;
  readonly sobjects: SObjects;
  readonly collections: ReturnType<typeof createCollections>;
  readonly usage: Usage;
}

type Params = Readonly<Record<string, string>>;

const OLDEST = 31;
const NEWEST = 68;

const paramsOf = ({ params }: FastifyRequest): Params => params as Params;
const queryOf = ({ query }: FastifyRequest): Params => query as Params;

const bodyOf = (request: FastifyRequest): Fields => {
  const body = jsonBody(request);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw apiError(400, 'JSON_PARSER_ERROR', 'The request body must be an object');
};

const send = (reply: FastifyReply, { status, body }: Reply) =>
  body === undefined ? reply.code(status).send() : reply.code(status).send(body);

const versions = () =>
  Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => {
    const version = `${OLDEST + index}.0`;
    return { label: `API ${version}`, url: `/services/data/v${version}`, version };
  });

function requireVersion(version: string): void {
  const number = Number(/^v(\d+)\.0$/.exec(version)?.[1]);
  if (number >= OLDEST && number <= NEWEST) return;
  throw apiError(
    number < OLDEST ? 410 : 404,
    'UNSUPPORTED_API_VERSION',
    `API version ${version} is not supported`,
  );
}

const describe = (name: string) => ({
  name,
  label: name,
  custom: name.endsWith('__c'),
  createable: true,
  updateable: true,
  fields: [],
});

function registerRows(app: FastifyInstance, { sobjects }: RestParts): void {
  const row = '/sobjects/:sObject/:id';
  app.post('/sobjects/:sObject', (request, reply) =>
    send(reply, sobjects.create(paramsOf(request)['sObject'] ?? '', bodyOf(request))),
  );
  app.get(row, (request, reply) => {
    const { sObject = '', id = '' } = paramsOf(request);
    return send(reply, sobjects.read(sObject, id, queryOf(request)['fields']?.split(',')));
  });
  app.patch(row, (request, reply) => {
    const { sObject = '', id = '' } = paramsOf(request);
    return send(reply, sobjects.update(sObject, id, bodyOf(request)));
  });
  app.delete(row, (request, reply) => {
    const { sObject = '', id = '' } = paramsOf(request);
    return send(reply, sobjects.delete(sObject, id));
  });
}

function registerExternalIds(app: FastifyInstance, { sobjects }: RestParts): void {
  const row = '/sobjects/:sObject/:field/:value';
  app.get(row, (request, reply) => {
    const { sObject = '', field = '', value = '' } = paramsOf(request);
    return send(reply, sobjects.readByExternalId(sObject, field, value));
  });
  app.patch(row, (request, reply) => {
    const { sObject = '', field = '', value = '' } = paramsOf(request);
    const updateOnly = queryOf(request)['updateOnly'] === 'true';
    return send(reply, sobjects.upsert({ sObject, field, value, updateOnly }, bodyOf(request)));
  });
  app.delete(row, (request, reply) => {
    const { sObject = '', field = '', value = '' } = paramsOf(request);
    return send(reply, sobjects.deleteByExternalId(sObject, field, value));
  });
}

function registerCollections(app: FastifyInstance, { collections }: RestParts): void {
  const path = '/composite/sobjects';
  app.post(path, (request, reply) => send(reply, collections.create(bodyOf(request))));
  app.patch(path, (request, reply) => send(reply, collections.update(bodyOf(request))));
  app.delete(path, (request, reply) => {
    const { ids = '', allOrNone } = queryOf(request);
    return send(reply, collections.delete(ids.split(','), allOrNone === 'true'));
  });
  app.patch(`${path}/:sObject/:field`, (request, reply) => {
    const { sObject = '', field = '' } = paramsOf(request);
    return send(reply, collections.upsert(sObject, field, bodyOf(request)));
  });
}

function registerLookups(app: FastifyInstance, { store, usage }: RestParts): void {
  const query = (request: FastifyRequest) => runQuery(store, queryOf(request)['q'] ?? '');
  app.get('/query', query);
  app.get('/queryAll', query);
  app.get('/limits', () => usage.limits());
  app.get('/sobjects', () => ({
    encoding: 'UTF-8',
    maxBatchSize: 200,
    sobjects: store.names().map(describe),
  }));
  app.get('/sobjects/:sObject/describe', (request) => describe(paramsOf(request)['sObject'] ?? ''));
}

/** Salesforce's REST paths: the token endpoint, the list of versions, and everything below one version. */
export function registerRest(app: FastifyInstance, parts: RestParts): void {
  app.post('/services/oauth2/token', (request) => {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    return parts.oauth.token(Object.fromEntries(form));
  });
  app.get('/services/data', versions);
  app.get('/services/data/', versions);
  app.register(
    async (scope) => {
      scope.addHook('preHandler', async (request) => {
        requireVersion(paramsOf(request)['version'] ?? '');
        parts.oauth.requireSession(request.headers.authorization);
        parts.usage.count(request);
      });
      registerRows(scope, parts);
      registerExternalIds(scope, parts);
      registerCollections(scope, parts);
      registerLookups(scope, parts);
      registerComposite(scope, app);
    },
    { prefix: '/services/data/:version' },
  );
}
