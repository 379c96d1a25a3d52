import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createQueriedOrg } from './harness.ts';

const org = createQueriedOrg();
const numbers = (where: string): unknown[] =>
  org.column(`SELECT Int__c FROM Kind__c WHERE ${where}`);

beforeAll(() => {
  for (const Int__c of [1, 2, 3, 4]) {
    const isEven = Int__c % 2 === 0;
    org.insert('Kind__c', { Int__c, Key__c: `k${Int__c}`, Flag__c: isEven, Number__c: Int__c });
  }
});

describe('AND, OR and NOT', () => {
  it.each([
    ['Int__c = 1 OR Int__c = 2 OR Int__c = 4', [1, 2, 4]],
    ['Flag__c = TRUE AND Int__c > 2 AND Number__c = 4', [4]],
    ['Flag__c = TRUE AND (Int__c = 1 OR Int__c = 2)', [2]],
    ['(Flag__c = TRUE AND Int__c = 4) OR Int__c = 1', [1, 4]],
    ['((Int__c = 1))', [1]],
    ['NOT Int__c = 1', [2, 3, 4]],
    ['NOT (Int__c = 1 OR Int__c = 2)', [3, 4]],
    ['(NOT Int__c = 1) AND Flag__c = FALSE', [3]],
    ['Flag__c = FALSE AND (NOT (Int__c = 1))', [3]],
    ['(NOT (NOT (Int__c = 1 OR (Int__c = 2 AND Flag__c = TRUE)))) AND ((Number__c > 0))', [1, 2]],
  ])('%s selects %j (documented: Logical Operators; row 48)', (where, expected) => {
    expect(numbers(where)).toEqual(expected);
  });

  it.each([
    ['Int__c = 1 AND Int__c = 2 OR Int__c = 3', 'OR'],
    ['Int__c = 1 OR Int__c = 2 AND Int__c = 3', 'AND'],
    ['(Int__c = 1 AND Int__c = 2 OR Int__c = 3)', 'OR'],
    ['Int__c = 1 AND NOT Int__c = 2', 'NOT'],
    ['NOT Int__c = 1 AND Int__c = 2', 'AND'],
    ['NOT NOT Int__c = 1', 'NOT'],
    ['AND Int__c = 1', 'AND'],
    ['(OR Int__c = 1)', 'OR'],
    ['Int__c = 1 AND', '<EOF>'],
    ['(Int__c = 1', '<EOF>'],
    ['Int__c = 1)', ')'],
    ['Int__c = abc', 'abc'],
    ['Int__c = :id', ':'],
    ['Int__c NOT LIKE 1', 'LIKE'],
    ['Int__c IN ()', '('],
  ])('%s is refused at %s (documented: Logical Operators; row 48)', (where, token) => {
    const error = org.errorOf(`SELECT Id FROM Kind__c WHERE ${where}`);
    expect(error.errorCode).toBe('MALFORMED_QUERY');
    expect(error.message).toContain(`unexpected token: '${token}'`);
  });

  it.each(['Int__c = 1 Int__c = 2', '(Int__c = 1) (Int__c = 2)'])(
    '%s is refused: two conditions without an operator',
    (where) => {
      expect(org.errorOf(`SELECT Id FROM Kind__c WHERE ${where}`).errorCode).toBe(
        'MALFORMED_QUERY',
      );
    },
  );

  interface Condition {
    readonly soql: string;
    readonly test: (number: number) => boolean;
  }
  const leaf = fc
    .integer({ min: 0, max: 5 })
    .chain((value) =>
      fc.constantFrom<Condition>(
        { soql: `Int__c = ${value}`, test: (number) => number === value },
        { soql: `Int__c > ${value}`, test: (number) => number > value },
        { soql: `Key__c = 'K${value}'`, test: (number) => number === value },
        { soql: `Int__c IN (${value}, 3)`, test: (number) => number === value || number === 3 },
      ),
    );
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small' },
      leaf,
      tie('condition').map(({ soql, test }) => ({
        soql: `(NOT (${soql}))`,
        test: (number: number) => !test(number),
      })),
      fc
        .tuple(fc.array(tie('condition'), { minLength: 2, maxLength: 3 }), fc.boolean())
        .map(([parts, isAnd]) => ({
          soql: `(${parts.map(({ soql }) => soql).join(isAnd ? ' AND ' : ' OR ')})`,
          test: (number: number) =>
            isAnd
              ? parts.every(({ test }) => test(number))
              : parts.some(({ test }) => test(number)),
        })),
    ),
  }));

  /** What the parser can't read is refused, and never read as something else. */
  const isRefused = (soql: string): boolean => {
    try {
      return numbers(soql).length < 0;
    } catch (error) {
      return JSON.stringify(error).includes('NOT in NOT in NOT in SOQL');
    }
  };

  it('selects what any nesting of conditions says', () => {
    fc.assert(
      fc.property(condition, ({ soql, test }) => {
        fc.pre(!isRefused(soql));
        expect(numbers(soql)).toEqual([1, 2, 3, 4].filter(test));
      }),
    );
  });
});

describe('a long condition', () => {
  it('has thousands of values in IN', () => {
    const values = Array.from({ length: 5000 }, (_, index) => `'k${index}'`).join(',');
    const start = performance.now();
    expect(numbers(`Key__c IN (${values})`)).toEqual([1, 2, 3, 4]);
    expect(numbers(`Key__c NOT IN (${values})`)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('refuses 100,001 characters (reported: django-salesforce 164; row 46)', () => {
    const soql = "SELECT Id FROM Kind__c WHERE Key__c = ''";
    expect(org.size(soql + ' '.repeat(100_000 - soql.length))).toBe(0);
    expect(org.errorOf(soql + ' '.repeat(100_001 - soql.length))).toEqual({
      errorCode: 'MALFORMED_QUERY',
      message: 'SOQL statements can not be longer than 100000 characters',
    });
  });
});

describe('a semi-join', () => {
  beforeAll(() => {
    for (const Name of ['with', 'without']) org.insert('Account', { Name });
    const [AccountId] = org.column("SELECT Id FROM Account WHERE Name = 'with'");
    org.insert('Contact', { LastName: 'child', AccountId });
    org.insert('Contact', { LastName: 'alone' });
  });

  it.each([
    ['Id IN (SELECT AccountId FROM Contact)', ['with']],
    ['Id NOT IN (SELECT AccountId FROM Contact)', ['without']],
    ["Id IN (SELECT AccountId FROM Contact WHERE LastName = 'alone')", []],
    [
      "Id IN (SELECT AccountId FROM Contact) AND Id NOT IN (SELECT c.AccountId FROM Contact c WHERE c.LastName = 'x')",
      ['with'],
    ],
  ])('%s selects %j (documented: Comparison Operators)', (where, expected) => {
    expect(org.column(`SELECT Name FROM Account WHERE ${where}`)).toEqual(expected);
  });

  it.each([
    ['Name IN (SELECT AccountId FROM Contact)', "should be an id field, cannot use: 'Name'"],
    ['Owner.Id IN (SELECT OwnerId FROM Contact)', "should be an id field, cannot use: 'Id'"],
    ['Id IN (SELECT LastName FROM Contact)', 'should point to the same object type'],
    ['Id IN (SELECT OwnerId FROM Contact)', 'should point to the same object type'],
    ['Id IN (SELECT Id FROM Account)', 'should not be on the same object type'],
    [
      "Name = 'x' OR Id IN (SELECT AccountId FROM Contact)",
      "Semi join sub-selects are not allowed with the 'OR' operator",
    ],
    ['Id IN (SELECT Id, AccountId FROM Contact)', 'must select one field'],
    ['Id IN (SELECT AccountId FROM Contact LIMIT 1)', 'can not have'],
    [Array(3).fill('Id IN (SELECT AccountId FROM Contact)').join(' AND '), 'Maximum 2 semi join'],
  ])('%s is refused: %s (documented rule, text a guess)', (where, text) => {
    const error = org.errorOf(`SELECT Id FROM Account WHERE ${where}`);
    expect(error.errorCode).toBe('MALFORMED_QUERY');
    expect(error.message).toContain(text);
  });
});

describe('an index', () => {
  it.each(["Key__c = 'k9999'", "Id = '#'", "Key__c IN ('k1', 'k9999')"])(
    'finds %s without reading 10,000 rows',
    (where) => {
      const many = createQueriedOrg();
      const ids = Array.from({ length: 10_000 }, (_, index) =>
        many.insert('Kind__c', { Key__c: `k${index}` }),
      );
      const soql = `SELECT Key__c FROM Kind__c WHERE ${where.replace('#', ids.at(-1) ?? '')}`;
      let read = 0;
      const { rows } = many.org.database;
      many.org.database.rows = (...args) => {
        read += 1;
        return rows.apply(many.org.database, args);
      };
      expect(many.column(soql).at(-1)).toBe('k9999');
      expect(read).toBe(0);
    },
  );

  it('finds no deleted row, unless queryAll asks for them', () => {
    const id = org.insert('Kind__c', { Key__c: 'gone' });
    org.remove('Kind__c', id);
    for (const where of ["Key__c = 'gone'", `Id = '${id}'`, 'IsDeleted = true']) {
      const soql = `SELECT Key__c FROM Kind__c WHERE ${where}`;
      expect(org.column(soql)).toEqual([]);
      expect(org.column(soql, { deleted: true })).toEqual(['gone']);
    }
  });
});

describe('an error in a statement of several lines', () => {
  it('names row and column', () => {
    const { message } = org.errorOf(
      `SELECT Id\nFROM Contact\nWHERE LastName = 'Nope' AND Nope = 1`,
    );
    expect(message).toContain('\nWHERE LastName = ');
    expect(message).toContain('                            ^\nERROR at Row:3:Column:29\n');
  });
});
