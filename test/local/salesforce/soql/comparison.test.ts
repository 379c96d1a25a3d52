import { beforeAll, describe, expect, it } from 'vitest';
import { createQueriedOrg } from './harness.ts';

const org = createQueriedOrg();
const names = (where: string): unknown[] =>
  org.column(`SELECT Text__c FROM Kind__c WHERE ${where}`);

beforeAll(() => {
  const empty = org.insert('Kind__c', { Text__c: 'empty' });
  org.insert('Kind__c', {
    Text__c: 'one',
    Key__c: 'KEY-1',
    Hash__c: 'AbC',
    Loose__c: 'AbC',
    Int__c: 5,
    Number__c: 2.5,
    Flag__c: true,
    Day__c: '2026-03-31',
    At__c: '2026-03-31T23:30:00Z',
    Short__c: "it's a \\ line\nbreak é",
    Tags__c: 'a;b',
    Parent__c: empty,
  });
  org.insert('Kind__c', {
    Text__c: 'two_50%',
    Key__c: 'key-2',
    Hash__c: 'abc',
    Loose__c: 'abc',
    Int__c: -7,
    Number__c: 10,
    Day__c: '2026-04-01',
    At__c: '2026-04-01T00:00:00Z',
    Tags__c: 'c',
  });
});

/** "SOQL and SOSL Reference": the page of each rule, and what is a guess where the page is silent. */
describe('a comparison', () => {
  it.each<[string, string[], string, string]>([
    ["Text__c = 'ONE'", ['one'], 'documented', 'text: regardless of case'],
    ["Hash__c = 'AbC'", ['one'], 'documented', 'unique case-sensitive: with case'],
    ["Hash__c IN ('ABC')", [], 'documented', 'unique case-sensitive: with case'],
    [
      "Loose__c = 'ABC'",
      ['one', 'two_50%'],
      'documented',
      'case-sensitive without unique: regardless of case',
    ],
    ["Key__c = 'key-1'", ['one'], 'documented', 'unique without case: regardless of case'],
    ["Text__c != 'one'", ['empty', 'two_50%'], 'documented', 'not equal'],
    ["Text__c <> 'one'", ['empty', 'two_50%'], 'documented', 'not equal, as <>'],
    ["Key__c != 'key-1'", ['empty', 'two_50%'], 'guess', 'rows without a value are not equal'],
    ["Text__c > 'f'", ['one', 'two_50%'], 'documented', 'text greater than'],
    ['Int__c = 5', ['one'], 'documented', 'a number'],
    ['Int__c < 0', ['two_50%'], 'documented', 'a negative number; null is not less'],
    ['Int__c > -7', ['one'], 'documented', 'a signed number'],
    ['Int__c <= 5', ['one', 'two_50%'], 'documented', 'less or equal'],
    ['Number__c >= 2.50', ['one', 'two_50%'], 'documented', 'a decimal; 10 is more than 2.5'],
    ['Flag__c = TRUE', ['one'], 'documented', 'a checkbox'],
    ['Flag__c = false', ['empty', 'two_50%'], 'documented', 'a checkbox without a value is false'],
    ['Flag__c = null', ['empty', 'two_50%'], 'documented', 'null of a checkbox means false'],
    ['Key__c = null', ['empty'], 'documented', 'no value'],
    ['Key__c != NULL', ['one', 'two_50%'], 'documented', 'any value'],
    ["Key__c = ''", ['empty'], 'guess', 'empty text is no value'],
    ['Day__c = 2026-03-31', ['one'], 'documented', 'a date'],
    ['Day__c > 2026-03-31', ['two_50%'], 'documented', 'a later date'],
    ['At__c = 2026-04-01T01:00:00+01:00', ['two_50%'], 'documented', 'a time with an offset'],
    ['At__c < 2026-04-01T00:00:00Z', ['one'], 'documented', 'an earlier time'],
    [
      'At__c >= 2026-03-31T23:30:00.000Z',
      ['one', 'two_50%'],
      'documented',
      'a time with milliseconds',
    ],
    ["Key__c IN ('KEY-1', 'nothing')", ['one'], 'documented', 'IN'],
    ["Key__c NOT IN ('KEY-1')", ['empty', 'two_50%'], 'guess', 'NOT IN, with rows without a value'],
    ["Key__c IN ('KEY-1', null)", ['empty', 'one'], 'guess', 'IN with null'],
    ['Int__c IN (5, -7)', ['one', 'two_50%'], 'documented', 'IN with numbers'],
    ['Day__c IN (2026-03-31)', ['one'], 'documented', 'IN with dates'],
    ["Tags__c INCLUDES ('a;b', 'x')", ['one'], 'documented', 'both a and b'],
    ["Tags__c INCLUDES ('b', 'c')", ['one', 'two_50%'], 'documented', 'b or c'],
    ["Tags__c INCLUDES ('a;c')", [], 'documented', 'both a and c'],
    ["Tags__c EXCLUDES ('c')", ['empty', 'one'], 'documented', 'not c'],
    ["Tags__c = 'a;b'", ['one'], 'documented', 'exactly a and b'],
    ["Text__c LIKE 'O%'", ['one'], 'documented', 'LIKE: regardless of case'],
    ["Text__c LIKE '_n%'", ['one'], 'documented', 'one character'],
    ["Text__c LIKE 'two\\_50\\%'", ['two_50%'], 'documented', 'escaped wildcards'],
    ["Text__c LIKE 'on\\_'", [], 'documented', 'an escaped wildcard is a character'],
    ["Text__c LIKE 'ne'", [], 'documented', 'the whole text'],
    ["Key__c LIKE '%'", ['one', 'two_50%'], 'guess', 'no value is like nothing'],
    ["(NOT Text__c LIKE 'o%')", ['empty', 'two_50%'], 'documented', 'NOT LIKE'],
    ["Parent__r.Text__c = 'EMPTY'", ['one'], 'documented', "a parent's field"],
    ['Parent__r.Text__c = null', ['empty', 'two_50%'], 'guess', 'no parent has no fields'],
  ])('%s selects %j (%s: %s)', (where, expected) => {
    expect(names(where)).toEqual(expected);
  });

  it.each([
    ["'it\\'s a \\\\ line\\nbreak \\u00E9'", 'documented'],
    ["'IT\\'S a \\\\ line\\nbreak é'", 'documented'],
  ])('understands the escapes of %s (%s: Quoted String Escape Sequences; row 49)', (literal) => {
    expect(names(`Short__c = ${literal}`)).toEqual(['one']);
  });

  it('takes ids of 15 and of 18 characters (documented: Field Types)', () => {
    const [id] = org.column("SELECT Id FROM Kind__c WHERE Text__c = 'one'");
    expect(names(`Id = '${String(id)}'`)).toEqual(['one']);
    expect(names(`Id IN ('${String(id).slice(0, 15)}')`)).toEqual(['one']);
    expect(names(`Id > '${String(id)}'`)).toEqual(['two_50%']);
  });
});

describe('a wrong comparison', () => {
  const FORM = 'value of filter criterion for field';
  it.each([
    [
      'Text__c = 5',
      'INVALID_FIELD',
      `${FORM} 'Text__c' must be of type string and should be enclosed in quotes`,
      'reported',
    ],
    [
      "Int__c = '5'",
      'INVALID_FIELD',
      `${FORM} 'Int__c' must be of type int and should not be enclosed in quotes`,
      'reported',
    ],
    ['Int__c = 5.5', 'INVALID_FIELD', `${FORM} 'Int__c' must be of type int`, 'guess'],
    ["Flag__c = 'true'", 'INVALID_FIELD', `${FORM} 'Flag__c' must be of type boolean`, 'reported'],
    [
      "At__c > '2026-01-01T00:00:00Z'",
      'INVALID_FIELD',
      `${FORM} 'At__c' must be of type dateTime and should not be enclosed in quotes`,
      'reported',
    ],
    ['At__c > 2026-01-01', 'INVALID_FIELD', `${FORM} 'At__c' must be of type dateTime`, 'reported'],
    [
      'Day__c = 2026-01-01T00:00:00Z',
      'INVALID_FIELD',
      `${FORM} 'Day__c' must be of type date `,
      'reported',
    ],
    ['Day__c = 2026-13-45', 'MALFORMED_QUERY', 'Invalid date: 2026-13-45', 'guess'],
    ["Text__c IN ('a', 5)", 'INVALID_FIELD', `${FORM} 'Text__c' must be of type string`, 'guess'],
    ['Text__c LIKE 5', 'INVALID_FIELD', `${FORM} 'Text__c' must be of type string`, 'guess'],
    ["Id = 'abc'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid ID field: abc', 'reported'],
    ["Id LIKE '001%'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator on id field', 'reported'],
    [
      "Parent__c LIKE '001%'",
      'INVALID_QUERY_FILTER_OPERATOR',
      'invalid operator on id field',
      'reported',
    ],
    ["Int__c LIKE '5%'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid operator on int field', 'guess'],
    [
      'Flag__c > false',
      'INVALID_QUERY_FILTER_OPERATOR',
      'invalid operator on boolean field',
      'guess',
    ],
    [
      "Text__c INCLUDES ('a')",
      'INVALID_QUERY_FILTER_OPERATOR',
      'invalid operator on string field',
      'guess',
    ],
    [
      "Tags__c > 'a'",
      'INVALID_QUERY_FILTER_OPERATOR',
      'invalid operator on multipicklist field',
      'guess',
    ],
    [
      "Long__c = 'x'",
      'INVALID_FIELD',
      "field 'Long__c' can not be filtered in query call",
      'documented',
    ],
    ['Number__c > USD5', 'NOT_SIMULATED', 'a number with a currency code in SOQL', 'ours'],
    ['CALENDAR_YEAR(Day__c) = 2026', 'NOT_SIMULATED', 'a function in WHERE in SOQL', 'ours'],
    [
      "Text__c = 'a\\x'",
      'MALFORMED_QUERY',
      "Illegal character sequence '\\x' in string literal.",
      'documented',
    ],
    [
      "Text__c = 'a\\_b'",
      'MALFORMED_QUERY',
      "Illegal character sequence '\\_' in string literal.",
      'documented',
    ],
    [
      "Text__c = 'a\\u00'",
      'MALFORMED_QUERY',
      "Illegal character sequence '\\u' in string literal.",
      'documented',
    ],
    ['Text__c = "a"', 'MALFORMED_QUERY', "no viable alternative at character '\"'", 'documented'],
    [
      `Text__c = '${'x'.repeat(4001)}'`,
      'MALFORMED_QUERY',
      'String literals can not be longer than 4000 characters',
      'documented',
    ],
  ])('%s is refused with %s: %s (%s)', (where, errorCode, message) => {
    const error = org.errorOf(`SELECT Id FROM Kind__c WHERE ${where}`);
    expect(error).toMatchObject({ errorCode });
    expect(error.message).toContain(message);
  });

  it('takes strings of 4,000 characters (documented: Limits, SOQL)', () => {
    expect(names(`Text__c = '${'x'.repeat(4000)}'`)).toEqual([]);
  });
});
