import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterNames, parseFilters } from '../../../cli/dlq/filters.ts';
import { UsageError } from '../../../cli/errors.ts';

const now = new Date('2026-11-25T12:00:00Z');

describe('parseFilters', () => {
  it.each([
    [['reason=outcome_unknown'], { reason: 'outcome_unknown' }],
    [['error-code=UNABLE_TO_LOCK_ROW'], { errorCode: 'UNABLE_TO_LOCK_ROW' }],
    [['object=Case'], { object: 'Case' }],
    [['older-than=90m'], { olderThanSeconds: 5_400 }],
    [['newer-than=2026-11-25T11:59:30Z'], { newerThanSeconds: 30 }],
    [['id=a,b', 'id=c'], { id: ['a', 'b', 'c'] }],
    [['key=parked/PERMANENT/'], { key: 'parked/PERMANENT/' }],
    [['$.detail.issue.number=7'], { path: { '$.detail.issue.number': 7 } }],
    [['path=$.a[0].b="7"', '$.c=null'], { path: { '$.a[0].b': '7', '$.c': null } }],
    [['$.a.b=x=y'], { path: { '$.a.b': 'x=y' } }],
    [['$.a={"b":1}'], { path: { '$.a': '{"b":1}' } }],
    [[], {}],
  ])('parses %j', (texts, filter) => {
    expect(parseFilters(texts, now)).toEqual(filter);
  });

  it.each([
    [['colour=red'], /"colour=red" is not a filter.*reason, error-code, object/],
    [['reason'], /pass name=value, where name is/],
    [['reason=BORED'], /filter reason must be one of PERMANENT, OUTCOME_UNKNOWN/],
    [['older-than=soon'], /filter older-than takes an age such as 90m/],
    [['older-than=2099-01-01T00:00:00Z'], /filter older-than takes/],
    [['$.a'], /filter path takes \$\.a\.b=value/],
    [['a.b=1', '$.a=1'], /is not a filter/],
    [['path=a.b=1'], /filter path keys must be paths such as/],
    [['id=not an id'], /filter id must be the MessageId/],
    [['key=other/'], /filter key/],
    [['object='], /filter object/],
    [['object=Case', 'object=Task'], /filter object was passed twice/],
    [['newer-than=1h', 'newer-than=2h'], /filter newer-than was passed twice/],
  ])('rejects %j with the valid form', (texts, message) => {
    expect(() => parseFilters(texts, now)).toThrow(UsageError);
    expect(() => parseFilters(texts, now)).toThrow(message);
  });

  it('parses any text, or throws a UsageError', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.tuple(fc.constantFrom(...filterNames, '$.a'), fc.string()).map((parts) => parts.join('=')),
    );
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 3 }), (given) => {
        try {
          parseFilters(given, now);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
