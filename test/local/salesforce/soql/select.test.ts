import { beforeAll, describe, expect, it } from 'vitest';
import { runQuery } from '../../../../local/salesforce/soql/query.ts';
import { createQueriedOrg } from './harness.ts';

const org = createQueriedOrg();
const ids: Record<string, string> = {};

beforeAll(() => {
  ids['acme'] = org.insert('Account', { Name: 'Acme' });
  ids['beta'] = org.insert('Account', { Name: 'beta' });
  ids['ann'] = org.insert('Contact', { LastName: 'Ann', FirstName: 'A', AccountId: ids['acme'] });
  ids['bob'] = org.insert('Contact', { LastName: 'Bob', AccountId: ids['acme'] });
  ids['zoe'] = org.insert('Contact', { LastName: 'Zoe' });
  const parent = org.insert('Kind__c', { Text__c: 'top', Anyone__c: ids['acme'] });
  org.insert('Kind__c', { Text__c: 'middle', Parent__c: parent, Anyone__c: ids['ann'] });
});

describe('SELECT', () => {
  it('answers API names for names in any case (documented: REST, examples)', () => {
    expect(
      org.records("SELECT lastNAME, account.NAME FROM cOntact WHERE LASTname = 'ann'"),
    ).toEqual([{ LastName: 'Ann', Account: { Name: 'Acme' } }]);
  });

  it('answers the records of parents with type and URL, and null for none (documented: REST, Query)', () => {
    const { records } = runQuery(
      'SELECT LastName, Account.Id, Account.Name FROM Contact ORDER BY LastName',
      {
        org: org.org,
        deleted: false,
        urlOf: (type, id) => `/${type.name}/${id}`,
      },
    );
    const { acme, ann, zoe } = ids;
    expect([records[0], records[2]]).toEqual([
      {
        attributes: { type: 'Contact', url: `/Contact/${ann}` },
        LastName: 'Ann',
        Account: {
          attributes: { type: 'Account', url: `/Account/${acme}` },
          Id: acme,
          Name: 'Acme',
        },
      },
      { attributes: { type: 'Contact', url: `/Contact/${zoe}` }, LastName: 'Zoe', Account: null },
    ]);
  });

  it('follows polymorphic references as the object Name (documented: Understanding Relationship Fields and Polymorphic Fields)', () => {
    expect(
      org.records(
        "SELECT Text__c, Anyone__r.Name, Anyone__r.Type FROM Kind__c WHERE Anyone__r.Type IN ('Contact')",
      ),
    ).toEqual([{ Text__c: 'middle', Anyone__r: { Name: 'A Ann', Type: 'Contact' } }]);
    expect(org.records("SELECT Owner.Profile.Name FROM Kind__c WHERE Text__c = 'top'")).toEqual([
      { Owner: { Profile: { Name: 'Integration' } } },
    ]);
    expect(org.errorOf('SELECT Anyone__r.Text__c FROM Kind__c').message).toContain(
      "No such column 'Text__c' on entity 'Name'",
    );
  });

  it('follows several levels (documented: Understanding Query Results)', () => {
    expect(
      org.records("SELECT Parent__r.Anyone__r.Name FROM Kind__c WHERE Text__c = 'middle'"),
    ).toEqual([{ Parent__r: { Anyone__r: { Name: 'Acme' } } }]);
  });

  it('answers children in a result of their own, or null (documented: Relationship Queries)', () => {
    const soql =
      'SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName DESC LIMIT 1) FROM Account';
    expect(org.records(soql)).toEqual([
      { Name: 'Acme', Contacts: { totalSize: 1, done: true, records: [{ LastName: 'Bob' }] } },
      { Name: 'beta', Contacts: null },
    ]);
    expect(
      org.column("SELECT (SELECT Text__c FROM Kinds__r) FROM Kind__c WHERE Text__c = 'top'"),
    ).toEqual([{ totalSize: 1, done: true, records: [{ Text__c: 'middle' }] }]);
  });

  it('takes aliases and the object name in front of names (documented: Alias Notation)', () => {
    const soql =
      "SELECT c.LastName, Contact.Account.Name FROM Contact c WHERE c.Account.Name = 'acme' AND c.LastName = 'Bob'";
    expect(org.records(soql)).toEqual([{ LastName: 'Bob', Account: { Name: 'Acme' } }]);
  });

  it.each([
    ['FIELDS(ALL)', ['Id', 'Name', 'Text__c'], []],
    ['FIELDS(STANDARD)', ['Id', 'Name'], ['Text__c']],
    ['FIELDS(CUSTOM)', ['Text__c'], ['Id', 'Name']],
  ])('answers %s (documented: FIELDS())', (fields, has, hasNot) => {
    const [record] = org.records(`SELECT ${fields} FROM Kind__c LIMIT 200`);
    expect(Object.keys(Object(record))).toEqual(expect.arrayContaining(has));
    for (const name of hasNot) expect(record).not.toHaveProperty(name);
  });

  it.each([
    ['ORDER BY Name', ['Acme', 'beta']],
    ['ORDER BY Name DESC', ['beta', 'Acme']],
    ['ORDER BY Name LIMIT 1', ['Acme']],
    ['ORDER BY Name LIMIT 1 OFFSET 1', ['beta']],
    ['LIMIT 0', []],
  ])('sorts and limits: %s', (clauses, expected) => {
    expect(org.column(`SELECT Name FROM Account ${clauses}`)).toEqual(expected);
  });

  it.each([
    ['ASC', ['Bob', 'Zoe', 'Ann'], 'documented'],
    ['DESC', ['Bob', 'Zoe', 'Ann'], 'guess'],
    ['ASC NULLS LAST', ['Ann', 'Bob', 'Zoe'], 'documented'],
    ['DESC NULLS LAST', ['Ann', 'Bob', 'Zoe'], 'documented'],
  ])('sorts rows without a value: %s (%3$s: ORDER BY)', (order, expected) => {
    expect(
      org.column(`SELECT LastName FROM Contact ORDER BY FirstName ${order}, LastName`),
    ).toEqual(expected);
  });
});

describe('a wrong SELECT', () => {
  const custom = (what: string) => `${what}. If you are attempting to use a custom`;
  it.each([
    [
      'SELECT Nope FROM Account',
      'INVALID_FIELD',
      custom("No such column 'Nope' on entity 'Account'"),
      'reported; row 51',
    ],
    [
      'SELECT Account.Nope FROM Contact',
      'INVALID_FIELD',
      custom("No such column 'Nope' on entity 'Account'"),
      'reported; row 51',
    ],
    [
      "SELECT Id FROM Account WHERE Nope = 'x'",
      'INVALID_FIELD',
      custom("No such column 'Nope' on entity 'Account'"),
      'reported; row 51',
    ],
    [
      'SELECT Id FROM Account ORDER BY Nope',
      'INVALID_FIELD',
      custom("No such column 'Nope' on entity 'Account'"),
      'reported; row 51',
    ],
    [
      'SELECT Nope.Name FROM Contact',
      'INVALID_FIELD',
      custom("Didn't understand relationship 'Nope' in field path"),
      'reported',
    ],
    [
      'SELECT Id FROM Nope',
      'INVALID_TYPE',
      custom("sObject type 'Nope' is not supported"),
      'reported',
    ],
    [
      'SELECT (SELECT Id FROM Nope) FROM Account',
      'INVALID_TYPE',
      custom("Didn't understand relationship 'Nope' in FROM part of query call"),
      'reported',
    ],
    [
      'SELECT Id, Name, Id FROM Account',
      'INVALID_FIELD',
      'duplicate field selected: Id',
      'documented',
    ],
    [
      'SELECT Id, FIELDS(ALL) FROM Account LIMIT 1',
      'INVALID_FIELD',
      'duplicate field selected: Id',
      'documented',
    ],
    [
      'SELECT FIELDS(ALL) FROM Account',
      'MALFORMED_QUERY',
      'The SOQL FIELDS function must have a LIMIT of at most 200',
      'reported',
    ],
    [
      'SELECT FIELDS(CUSTOM) FROM Account LIMIT 201',
      'MALFORMED_QUERY',
      'The SOQL FIELDS function must have a LIMIT of at most 200',
      'reported',
    ],
    [
      'SELECT Id Name FROM Account',
      'MALFORMED_QUERY',
      'only aggregate expressions use field aliasing',
      'reported',
    ],
    [
      'SELECT Id FROM Account OFFSET 2001',
      'NUMBER_OUTSIDE_VALID_RANGE',
      'Maximum SOQL offset allowed is 2000',
      'reported',
    ],
    [
      'SELECT Id FROM Account LIMIT 99999999999',
      'MALFORMED_QUERY',
      'numeric value out of range',
      'guess',
    ],
    ['SELECT Id, FROM Account', 'MALFORMED_QUERY', "unexpected token: 'FROM'", 'reported'],
    ['SELECT * FROM Account', 'MALFORMED_QUERY', "unexpected token: '*'", 'reported'],
    ['invalid', 'MALFORMED_QUERY', "unexpected token: 'invalid'", 'reported'],
    ['SELECT Id FROM Account ORDER BY', 'MALFORMED_QUERY', "unexpected token: '<EOF>'", 'reported'],
    [
      'SELECT Id FROM Kind__c ORDER BY Long__c',
      'INVALID_FIELD',
      "field 'Long__c' can not be sorted in a query call",
      'reported',
    ],
    ['SELECT Id FROM Account FOR UPDATE', 'NOT_SIMULATED', 'FOR UPDATE in SOQL', 'ours'],
    ['SELECT Id FROM Account USING SCOPE mine', 'NOT_SIMULATED', 'USING SCOPE in SOQL', 'ours'],
    ['SELECT toLabel(Name) FROM Account', 'NOT_SIMULATED', 'toLabel(Name) in SOQL', 'ours'],
    [
      'SELECT TYPEOF Anyone__c WHEN Account THEN Name END FROM Kind__c',
      'NOT_SIMULATED',
      'TYPEOF in SOQL',
      'ours',
    ],
    [
      'SELECT (SELECT Id FROM Contacts FOR VIEW) FROM Account',
      'NOT_SIMULATED',
      'FOR VIEW in SOQL',
      'ours',
    ],
  ])('%s is refused with %s: %s (%s)', (soql, errorCode, message) => {
    const error = org.errorOf(soql);
    expect(error).toMatchObject({ errorCode });
    expect(error.message).toContain(message);
  });

  it('quotes the statement with a caret under the name (reported: soql-tooling 86)', () => {
    expect(
      org.errorOf('Select Id, Status, Location, Body from Contact').message.split('\n'),
    ).toEqual([
      '',
      'Select Id, Status, Location, Body from Contact',
      '           ^',
      'ERROR at Row:1:Column:12',
      "No such column 'Status' on entity 'Contact'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.",
    ]);
  });
});
