import { beforeEach, describe, expect, it } from 'vitest';
import { created, error, stored, useWidgetOrg } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const V68 = '/services/data/v68.0';
const ID = /^a0\w{16}$/;

describe('a record', () => {
  it('documented: is created with 201 and its Location', async () => {
    const { status, headers, body } = await org().rest('POST', '/sobjects/Widget__c/', {
      Text__c: 'x',
    });
    expect([status, body]).toEqual([
      201,
      { id: expect.stringMatching(ID), success: true, errors: [] },
    ]);
    expect(headers.get('location')).toBe(`${V68}/sobjects/Widget__c/${Object(body).id}`);
  });

  it('row 37, documented: is created by the resource Id, too', async () => {
    const { status, headers, body } = await org().rest('POST', '/sobjects/Widget__c/Id', {});
    expect([status, body]).toEqual([
      201,
      { id: expect.stringMatching(ID), success: true, errors: [], created: true },
    ]);
    expect(headers.get('location')).toBe(`${V68}/sobjects/Widget__c/${Object(body).id}`);
  });

  it('documented: is read with all fields that every record has, by 15 characters, in any case', async () => {
    const id = await created(org(), 'widget__C', { TEXT__c: 'x' });
    const answer = await org().rest('GET', `/sobjects/WIDGET__c/${id.slice(0, 15)}`);
    expect(answer.body).toMatchObject({
      attributes: { type: 'Widget__c', url: `${V68}/sobjects/Widget__c/${id}` },
      Id: id,
      IsDeleted: false,
      OwnerId: expect.stringMatching(/^005/),
      CreatedById: expect.stringMatching(/^005/),
      CreatedDate: expect.stringMatching(/T.*\+0000$/),
      LastModifiedDate: expect.any(String),
      SystemModstamp: expect.any(String),
      Text__c: 'x',
      Ext__c: null,
    });
  });

  it('documented: is read with the fields asked for, and Id', async () => {
    const id = await created(org(), 'Widget__c', { Text__c: 'x' });
    const { body } = await org().rest(
      'GET',
      `/sobjects/Widget__c/${id}?fields=text__c,%20IsDeleted`,
    );
    expect(body).toEqual({
      attributes: expect.any(Object),
      Text__c: 'x',
      IsDeleted: false,
      Id: id,
    });
    const unknown = await org().rest('GET', `/sobjects/Widget__c/${id}?fields=Nothing__c`);
    expect([unknown.status, unknown.body]).toMatchObject([
      400,
      error('INVALID_FIELD', "No such column 'Nothing__c' on sobject of type Widget__c"),
    ]);
  });

  it('documented: answers HEAD without a body', async () => {
    const id = await created(org(), 'Widget__c', {});
    const answer = await org().rest('HEAD', `/sobjects/Widget__c/${id}`);
    expect([answer.status, answer.body]).toEqual([200, undefined]);
    expect((await org().rest('HEAD', `/sobjects/Widget__c/${id.slice(0, 12)}zzz`)).status).toBe(
      404,
    );
  });

  it('documented: is updated and deleted with 204', async () => {
    const id = await created(org(), 'Widget__c', { Text__c: 'old', Ext__c: 'kept' });
    const url = `/sobjects/Widget__c/${id.slice(0, 15)}`;
    expect((await org().rest('PATCH', url, { Text__c: null })).status).toBe(204);
    expect(await stored(org())).toMatchObject([{ Text__c: null, Ext__c: 'kept' }]);
    expect((await org().rest('DELETE', url)).status).toBe(204);
    const gone = await org().rest('GET', url);
    expect([gone.status, gone.body]).toEqual([
      404,
      error('ENTITY_IS_DELETED', 'entity is deleted', []),
    ]);
  });

  it.each(['DELETE', 'PATCH'])('row 41, documented: POST with _HttpMethod=%s', async (method) => {
    const id = await created(org(), 'Widget__c', {});
    const url = `/sobjects/Widget__c/${id}?_HttpMethod=${method}`;
    expect((await org().rest('POST', url, { Text__c: 'new' })).status).toBe(204);
    expect(await stored(org())).toMatchObject(method === 'DELETE' ? [] : [{ Text__c: 'new' }]);
  });

  it.each(['Id', 'id'])(
    'row 35, reported (force-rest-api 69): can not be written with %s',
    async (name) => {
      const id = await created(org(), 'Widget__c', {});
      const refused = [
        400,
        error('INVALID_FIELD', 'The Id field should not be specified in the sobject data.', ['Id']),
      ];
      const post = await org().rest('POST', '/sobjects/Widget__c', { [name]: id });
      const patch = await org().rest('PATCH', `/sobjects/Widget__c/${id}`, { [name]: id });
      expect([
        [post.status, post.body],
        [patch.status, patch.body],
      ]).toEqual([refused, refused]);
    },
  );

  it.each(['nonsense', '0055g0000000001AAA'])(
    'reported (first sheet): of the malformed id %s, or of another object, is MALFORMED_ID',
    async (id) => {
      const text = `Widget ID: id value of incorrect type: ${id}`;
      for (const method of ['GET', 'DELETE']) {
        const answer = await org().rest(method, `/sobjects/Widget__c/${id}`);
        expect([answer.status, answer.body]).toEqual([400, error('MALFORMED_ID', text, ['Id'])]);
      }
    },
  );

  it('documented: of an unknown id is NOT_FOUND', async () => {
    const id = await created(org(), 'Widget__c', {});
    const answer = await org().rest('GET', `/sobjects/Widget__c/${id.slice(0, 12)}zzz`);
    const text = 'The requested resource does not exist';
    expect([answer.status, answer.body]).toEqual([404, error('NOT_FOUND', text)]);
  });

  it.each([['[]'], ['null'], ['"text"'], ['1'], ['']])(
    'documented code: can not be the body %s',
    async (body) => {
      for (const path of ['/sobjects/Widget__c', '/sobjects/Widget__c/Id']) {
        const answer = await org().rest('POST', path, body);
        expect([answer.status, answer.body]).toEqual([
          400,
          error('JSON_PARSER_ERROR', expect.any(String)),
        ]);
      }
      expect(await stored(org())).toEqual([]);
    },
  );
});

describe('a parent named by external id', () => {
  it('row 38, documented: is found', async () => {
    const id = await created(org(), 'Widget__c', { Ext__c: 'w' });
    await created(org(), 'Part__c', { Widget__r: { Ext__c: 'w' } });
    expect(await stored(org(), 'Part__c')).toMatchObject([{ Widget__c: id }]);
  });

  it('row 38, reported (public code): is not found', async () => {
    const text = 'Foreign key external ID: none not found for field Ext__c in entity Widget__c';
    const answer = await org().rest('POST', '/sobjects/Part__c', { Widget__r: { Ext__c: 'none' } });
    expect([answer.status, answer.body]).toEqual([400, error('INVALID_FIELD', text)]);
    expect(await stored(org(), 'Part__c')).toEqual([]);
  });
});

describe('another method', () => {
  it.each([
    ['row 39, reported (forrest 181)', 'PATCH', '/sobjects/Widget__c', 'HEAD,GET,POST'],
    [
      'row 40, reported (forrest 59)',
      'PUT',
      '/sobjects/Widget__c/a00000000000ZZZ',
      'HEAD,GET,PATCH,DELETE',
    ],
    ['rule of row 40', 'POST', '/sobjects/Widget__c/a00000000000ZZZ', 'HEAD,GET,PATCH,DELETE'],
    ['rule of row 40', 'PUT', '/sobjects/Widget__c/Ext__c/x', 'HEAD,GET,PATCH,DELETE'],
  ])('%s: %s %s names those allowed', async (_certainty, method, path, allowed) => {
    const { status, body } = await org().rest(method, path, {});
    const text = `HTTP Method '${method}' not allowed. Allowed are ${allowed}`;
    expect([status, body]).toEqual([405, error('METHOD_NOT_ALLOWED', text)]);
  });
});

describe('a platform event (documented: Publish Event Messages)', () => {
  const ENQUEUED = [{ statusCode: 'OPERATION_ENQUEUED', message: expect.any(String), fields: [] }];

  it('is enqueued, alone and in a collection', async () => {
    const { status, body } = await org().rest('POST', '/sobjects/Notice__e', { Text__c: 'x' });
    expect([status, body]).toEqual([
      201,
      { id: expect.stringMatching(/^e0/), success: true, errors: ENQUEUED },
    ]);
    const records = [{ attributes: { type: 'Notice__e' } }];
    const collection = await org().rest('POST', '/composite/sobjects', { records });
    expect(collection.body).toEqual([{ id: expect.any(String), success: true, errors: ENQUEUED }]);
    expect(await stored(org(), 'Notice__e')).toMatchObject([{ Text__c: 'x' }, {}]);
  });

  it('reported (sf-calendar 11): can not be published with an Id', async () => {
    const answer = await org().rest('POST', '/sobjects/Notice__e', { Id: 'x' });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject([{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' }]);
  });

  it('reported text: can not be updated or deleted', async () => {
    const { body } = await org().rest('POST', '/sobjects/Notice__e', {});
    for (const [method, verb] of [
      ['PATCH', 'update'],
      ['DELETE', 'delete'],
    ] as const) {
      const answer = await org().rest(method, `/sobjects/Notice__e/${Object(body).id}`, {});
      const text = `entity type Notice__e does not support ${verb}`;
      expect([answer.status, answer.body]).toEqual([
        400,
        error('INVALID_TYPE_FOR_OPERATION', text, []),
      ]);
    }
  });
});
