import { describe, expect, it } from 'vitest';
import { createQueriedOrg } from './harness.ts';

const org = createQueriedOrg();
const parent = org.insert('Kind__c', { Text__c: 'p', Int__c: 1, Number__c: 0.5 });
org.insert('Kind__c', { Text__c: 'q', Int__c: 2, Number__c: 1.5, Parent__c: parent });
org.insert('Kind__c', { Text__c: 'q', Int__c: 6, Parent__c: parent, Day__c: '2026-01-01' });

/** "SOQL and SOSL Reference", Aggregate Functions; GROUP BY; HAVING. */
describe('an aggregate query', () => {
  it('counts rows: the number is the size of a result without records (documented: COUNT())', () => {
    expect(org.size('SELECT COUNT() FROM Kind__c')).toBe(3);
    expect(org.size('SELECT count() FROM Kind__c WHERE Int__c > 1 LIMIT 1')).toBe(1);
    expect(org.records('SELECT COUNT() FROM Kind__c')).toEqual([]);
  });

  it.each([
    [
      'SELECT COUNT(Id), COUNT(Number__c) n, COUNT_DISTINCT(Text__c) FROM Kind__c',
      [{ expr0: 3, n: 2, expr1: 2 }],
    ],
    [
      'SELECT SUM(Int__c), AVG(Int__c), MIN(Int__c), MAX(Day__c) FROM Kind__c',
      [{ expr0: 9, expr1: 3, expr2: 1, expr3: '2026-01-01' }],
    ],
    ["SELECT SUM(Int__c), COUNT(Id) FROM Kind__c WHERE Text__c = 'x'", [{ expr0: null, expr1: 0 }]],
    [
      'SELECT Text__c, COUNT(Id) n FROM Kind__c GROUP BY Text__c',
      [
        { Text__c: 'p', n: 1 },
        { Text__c: 'q', n: 2 },
      ],
    ],
    ['SELECT Text__c t FROM Kind__c GROUP BY Text__c HAVING COUNT(Id) > 1', [{ t: 'q' }]],
    ["SELECT Text__c FROM Kind__c GROUP BY Text__c HAVING (NOT Text__c = 'q')", [{ Text__c: 'p' }]],
    [
      'SELECT Text__c FROM Kind__c GROUP BY Text__c ORDER BY COUNT(Id) DESC LIMIT 1',
      [{ Text__c: 'q' }],
    ],
    [
      'SELECT Parent__r.Text__c, MAX(Int__c) FROM Kind__c GROUP BY Parent__r.Text__c ORDER BY Parent__r.Text__c NULLS LAST',
      [
        { Text__c: 'p', expr0: 6 },
        { Text__c: null, expr0: 1 },
      ],
    ],
    ['SELECT Text__c FROM Kind__c WHERE Int__c = 0 GROUP BY Text__c', []],
  ])('%s answers %j (documented)', (soql, expected) => {
    expect(org.records(soql)).toEqual(expected);
  });

  it.each([
    [
      'SELECT Int__c, COUNT(Id) FROM Kind__c GROUP BY Text__c',
      'MALFORMED_QUERY',
      'Field must be grouped or aggregated: Int__c',
    ],
    [
      'SELECT Text__c, COUNT() FROM Kind__c GROUP BY Text__c',
      'MALFORMED_QUERY',
      'COUNT() must be the only element in the SELECT list',
    ],
    [
      'SELECT SUM(Text__c) FROM Kind__c',
      'MALFORMED_QUERY',
      'field Text__c does not support aggregate operator SUM',
    ],
    [
      'SELECT Text__c, Parent__r.Text__c FROM Kind__c GROUP BY Text__c, Parent__r.Text__c',
      'MALFORMED_QUERY',
      'duplicate alias: Text__c',
    ],
    [
      'SELECT COUNT(Id) FROM Kind__c GROUP BY CALENDAR_YEAR(Day__c)',
      'NOT_SIMULATED',
      'a function in GROUP BY',
    ],
    [
      'SELECT Text__c FROM Kind__c GROUP BY ROLLUP(Text__c)',
      'NOT_SIMULATED',
      'a function in GROUP BY',
    ],
    [
      'SELECT (SELECT COUNT() FROM Kinds__r) FROM Kind__c',
      'MALFORMED_QUERY',
      'Aggregate functions are not allowed in a subquery',
    ],
  ])('%s is refused with %s: %s', (soql, errorCode, message) => {
    const error = org.errorOf(soql);
    expect(error).toMatchObject({ errorCode });
    expect(error.message).toContain(message);
  });
});
