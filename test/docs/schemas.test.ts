import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generated } from '../../docs/generate.ts';
import { RequestError } from '../../functions/salesforce-apicall/errors.ts';
import { failure } from '../../functions/salesforce-apicall/outcome/failure-class.ts';
import { toReply } from '../../functions/salesforce-apicall/outcome/reply.ts';
import { parseHttp } from '../../functions/salesforce-apicall/request/http.ts';
import { toIncomingRequest } from '../../functions/salesforce-apicall/request/parse.ts';
import { parseRequest } from '../../functions/salesforce-apicall/request/schema.ts';
import { root } from '../../local/stack/paths.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
// Every format in the schemas is accompanied by a pattern.
const ajv = new Ajv2020({ strict: true, allErrors: true, validateFormats: false });
const validatorOf = (name: string) => {
  const validate = ajv.compile(JSON.parse(read(`docs/schemas/${name}.schema.json`)));
  return (value: unknown): string[] => {
    validate(JSON.parse(JSON.stringify(value)));
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath}: ${message}`,
    );
  };
};
const check = {
  request: validatorOf('apicall-request'),
  response: validatorOf('apicall-response'),
  error: validatorOf('apicall-error'),
};

const isDescribed = (schema: unknown): boolean => Object(schema).description !== undefined;

/** The properties of a JSON Schema, at any depth, that have no description. */
function undescribedIn(text: string): string[] {
  const names: string[] = [];
  JSON.parse(text, (key, value) => {
    const fields = Object.entries(key === 'properties' ? value : {});
    names.push(...fields.flatMap(([field, schema]) => (isDescribed(schema) ? [] : [field])));
    return value;
  });
  return names;
}

describe('generated files (npm run docs)', () => {
  it.each(Object.entries(generated()))('%s is up to date', (file, text) =>
    expect(read(file)).toBe(text),
  );

  it.each(['request', 'response', 'error'])('the %s schema describes each field', (name) => {
    const text = read(`docs/schemas/apicall-${name}.schema.json`);
    expect(undescribedIn(text)).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:salesforce-eventbridge:schema:apicall-${name}`,
      title: expect.any(String),
      description: expect.any(String),
    });
  });
});

const events = readdirSync(join(root, 'events')).filter((file) => file.includes('apicall'));
const responses = ['bus-apicall-error.json', 'bus-apicall-response.json'];

describe('a sample', () => {
  it.each(events.filter((file) => !responses.includes(file)))(
    'events/%s is a request',
    async (file) => {
      const event = JSON.parse(read(`events/${file}`));
      const value = file.includes('-http-') ? await parseHttp(event) : event;
      const { data } = toIncomingRequest(value, { id: 'message', source: 'queue' });
      expect(check.request(data)).toEqual([]);
      expect(() => parseRequest(data)).not.toThrow();
    },
  );

  it.each(responses)('events/%s is a response', (file) => {
    const { detail } = JSON.parse(read(`events/${file}`));
    expect(check.response(detail)).toEqual([]);
    if (detail.category === 'error') expect(check.error(detail.data)).toEqual([]);
  });
});

type SchemaName = keyof typeof check;

/** The schema that a JSON value is an example of, by keys that only that schema has. */
function schemaOf(value: object): SchemaName | undefined {
  if ('action' in value && 'resource' in value) return 'request';
  if ('category' in value) return 'response';
  return 'code' in value && 'details' in value ? 'error' : undefined;
}

/** The JSON blocks of a page that are examples of a schema. */
function examplesIn(page: string): { readonly schema: SchemaName; readonly value: object }[] {
  return [...read(page).matchAll(/^ *```json\n(.*?)^ *```$/gms)].flatMap(([, text = '']) => {
    const value: object = JSON.parse(text);
    const schema = schemaOf(value);
    return schema === undefined ? [] : [{ schema, value }];
  });
}

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const examples = pages.flatMap((page) => examplesIn(page).map((one) => ({ page, ...one })));

describe('an example', () => {
  it('of each schema is in the README or in docs/apicall.md', () => {
    expect(examples.map(({ page, schema }) => `${page} ${schema}`)).toEqual(
      expect.arrayContaining([
        'README.md request',
        'docs/apicall.md request',
        'docs/apicall.md error',
      ]),
    );
  });

  it.each(examples)('in $page matches the $schema schema', ({ schema, value }) =>
    expect(check[schema](value)).toEqual([]),
  );
});

const context = { id: '1', source: 's', type: 'io.triggermesh.salesforce.apicall' };
const target = { source: 'salesforcetarget' };
const error = { ...failure('permanent-data', 'A', 'b'), status: 400, errors: [] };
const replies = [
  toReply(context, { kind: 'success', status: 204, body: undefined }, target),
  toReply({ ...context, statefulid: 'a', statefulbridge: 'b' }, error, target),
  toReply(context, failure('retry-soon', 'ETIMEDOUT', 'x'), { ...target, code: 'event-context' }),
  toReply(
    context,
    {
      ...error,
      errors: [
        { errorCode: 'A', message: 'b', fields: ['C'] },
        { errorCode: 'D', message: '' },
      ],
    },
    target,
  ),
];

describe('a reply', () => {
  it.each(replies)('matches its schema: $category', (reply) =>
    expect(check.response(reply)).toEqual([]),
  );

  it.each([
    { category: 'Success' },
    { processedid: undefined },
    { id: 'x' },
    { type: 'io.triggermesh.salesforce.apicall' },
    { time: 'yesterday' },
    { data: undefined },
    { category: 'error', data: { Code: 'adapter-process' } },
    { category: 'error', data: { code: 'cloudevents-processing', description: '', details: {} } },
    {
      category: 'error',
      data: { code: 'event-context', description: 'x', details: { status: '4' } },
    },
  ])('with %j does not match the schema', (fields) =>
    expect(check.response({ ...replies[0], ...fields })).not.toEqual([]),
  );
});

/** Valid and invalid values of a field, some of which look alike. */
const values = fc.oneof(
  fc.constantFrom(
    'GET',
    'pOsT',
    'create',
    'sobjects',
    'a/b',
    '/a',
    'a/',
    'a//b',
    '..',
    'a/../b',
    '.',
  ),
  fc.constantFrom(
    '',
    'https://x',
    'Ext__c/https://x',
    'low',
    'a\nb',
    'x'.repeat(256),
    'x'.repeat(1025),
  ),
  fc.constantFrom(
    {},
    { a: 'b' },
    { a: 1 },
    { 'If-Match': 'x' },
    { 'sforce-x': 'é' },
    { Host: 'x' },
    { a: 0 },
  ),
  fc.constantFrom(null, 5, true, [], ['a'], { a: 1.5 }, { a: { b: [1] } }),
);
const names = [
  'object',
  'record',
  'query',
  'payload',
  'headers',
  'idempotencyKey',
  'priority',
  'fit',
  'x',
];
const requests = fc
  .tuple(
    fc.record({
      action: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('GET', 'post') }, values),
      resource: fc.oneof({ weight: 3, arbitrary: fc.constant('sobjects') }, values),
    }),
    fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 3 }),
  )
  .map(([required, optional]) => ({ ...required, ...optional }));

const isAccepted = (request: unknown): boolean => {
  try {
    parseRequest(request);
    return true;
  } catch (error) {
    if (error instanceof RequestError) return false;
    throw error;
  }
};

describe('the request schema', () => {
  it('accepts exactly the requests that the function accepts', () => {
    const counts = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(requests, (request) => {
        const accepted = isAccepted(request);
        counts[accepted ? 'accepted' : 'refused'] += 1;
        expect([request, check.request(request).length === 0]).toEqual([request, accepted]);
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(500);
  });
});
