import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSingleResponse } from '../../../../functions/salesforce-apicall/coalesce/collections.ts';

const failed = (statusCode: string, more: object = {}) => ({
  success: false,
  errors: [{ statusCode, message: 'm', ...more }],
});

describe('a result of a collection', () => {
  it.each([
    ['create', { id: '1', success: true, errors: [] }, 201, { id: '1', success: true, errors: [] }],
    [
      'create',
      { id: '1', success: true, created: false },
      201,
      { id: '1', success: true, errors: [] },
    ],
    ['update', { id: '1', success: true, errors: [] }, 204, undefined],
    ['update', { id: '1', success: true, created: true }, 204, undefined],
    [
      'upsert',
      { id: '1', success: true, created: true },
      201,
      { id: '1', success: true, errors: [], created: true },
    ],
    [
      'upsert',
      { id: '1', success: true, created: false },
      200,
      { id: '1', success: true, errors: [], created: false },
    ],
    ['upsert', { id: '1', success: true }, 200, { id: '1', success: true, errors: [] }],
  ] as const)('of a %s: %j is %i', (verb, result, status, body) => {
    expect(toSingleResponse(verb, result)).toEqual({ status, headers: {}, body });
  });

  it.each([
    ['STRING_TOO_LONG', 400, 400],
    ['NOT_FOUND', 400, 404],
    ['ENTITY_IS_DELETED', 400, 404],
    ['INVALID_CROSS_REFERENCE_KEY', 400, 404],
  ])(
    'with the error %s has the status of a create (%i), of other writes (%i)',
    (code, created, other) => {
      const statuses = (['create', 'update', 'upsert'] as const).map(
        (verb) => toSingleResponse(verb, failed(code))?.status,
      );
      expect(statuses).toEqual([created, other, other]);
    },
  );

  it('names its errors as a single call does', () => {
    const errors = [
      { statusCode: 'A', message: 'a', fields: ['X'] },
      { statusCode: 'B', message: 'b', fields: [] },
      { statusCode: 'no', errorCode: 'C', message: 'c', fields: 'X' },
    ];
    const { headers, body } = toSingleResponse('create', { success: false, errors }) ?? {};
    expect([headers, body]).toEqual([
      {},
      [
        { errorCode: 'A', message: 'a', fields: ['X'] },
        { errorCode: 'B', message: 'b' },
        { errorCode: 'C', message: 'c' },
      ],
    ]);
  });

  it.each([
    [{ success: false }, 400, []],
    [{ success: false, errors: [] }, 400, []],
    [{ success: false, errors: [null, 1] }, 400, [{}, {}]],
  ])('without what it should hold, %j, is an error: %i', (result, status, body) => {
    expect(toSingleResponse('update', result)).toEqual({ status, headers: {}, body });
  });

  it.each([
    [{ success: 'true' }],
    [{ success: 1 }],
    [{}],
    [null],
    [undefined],
    ['text'],
    [1],
    [[]],
  ])('that is %j tells nothing: the record may have been made', (result) =>
    expect(toSingleResponse('create', result)).toBeUndefined(),
  );

  it('is never a success unless it says so', () => {
    fc.assert(
      fc.property(fc.constantFrom('create', 'update', 'upsert'), fc.jsonValue(), (verb, result) => {
        const { status = 500 } = toSingleResponse(verb, result) ?? {};
        expect(status < 300).toBe(Object(result).success === true);
      }),
    );
  });
});
