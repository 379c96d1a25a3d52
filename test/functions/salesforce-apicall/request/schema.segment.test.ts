import { describe, expect, it } from 'vitest';
import { objectPath, recordPath } from '../../../../functions/salesforce-apicall/request/schema.ts';

const problem = (schema: typeof objectPath, text: string): string | undefined =>
  schema.safeParse(text).error?.issues[0]?.message;

const anywhere: [string, string][] = [
  ['.', 'must not contain . or .. segments'],
  ['..', 'must not contain . or .. segments'],
  ['./a', 'must not contain . or .. segments'],
  ['../a', 'must not contain . or .. segments'],
  ['a\u0000', 'must not contain control characters'],
  ['\u001fa', 'must not contain control characters'],
  ['a\u007fb', 'must not contain control characters'],
  ['a\ud800', 'must be well-formed Unicode'],
];

describe('an object', () => {
  it.each(['a', 'Contact/describe', 'a/b/c', 'a..b', '...', 'a/...', 'a ~é', 'x'.repeat(255)])(
    '%j is taken',
    (text) => expect(problem(objectPath, text)).toBeUndefined(),
  );

  it.each<[string, string]>([
    ...anywhere,
    ['a/.', 'must not contain . or .. segments'],
    ['a/../b', 'must not contain . or .. segments'],
    ['a\u2028/../b', 'must not contain . or .. segments'],
    ['/a', 'must not contain empty segments'],
    ['a/', 'must not contain empty segments'],
    ['a//b', 'must not contain empty segments'],
    ['', 'Too small: expected string to have >=1 characters'],
    ['x'.repeat(256), 'Too big: expected string to have <=255 characters'],
  ])('%j is rejected: %s', (text, message) => expect(problem(objectPath, text)).toBe(message));
});

describe('a record', () => {
  const taken = ['003', 'a/b', 'a/b/', 'a//', 'a//b', 'a/b:c', 'a/:', '....', 'x'.repeat(1_024)];
  const values = ['a/.', 'a/..', 'a/../b', 'a/b/./c', 'a\u2028/../b'];

  it.each([...taken, ...values])('%j is taken', (text) =>
    expect(problem(recordPath, text)).toBeUndefined(),
  );

  it.each<[string, string]>([
    ...anywhere,
    ['/a', 'must be an id or ExternalIdField__c/value'],
    ['a/', 'must be an id or ExternalIdField__c/value'],
    ['a:b', 'must not begin with a scheme, such as https:'],
    [':/b', 'must not begin with a scheme, such as https:'],
    ['', 'Too small: expected string to have >=1 characters'],
    ['x'.repeat(1_025), 'Too big: expected string to have <=1024 characters'],
  ])('%j is rejected: %s', (text, message) => expect(problem(recordPath, text)).toBe(message));
});
