import { describe, expect, it } from 'vitest';
import { isConcurrentUpsert } from '../../../../functions/salesforce-apicall/coalesce/split.ts';
import type { Outcome } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';

const failed = (errorCode: string, message = ''): Outcome => ({
  kind: 'failure',
  class: 'permanent-data',
  errorCode,
  message,
  errors: [],
});
const success: Outcome = { kind: 'success', status: 200, body: {} };
const upsert = { action: 'PATCH', record: 'Key__c/a' } as const;
const found = (field: string): string => `duplicate value found: ${field} duplicates value on …`;

describe('an upsert was overtaken', () => {
  it.each([
    ['by its key', upsert, failed('DUPLICATE_VALUE', found('Key__c')), true],
    ['by its key in another case', upsert, failed('DUPLICATE_VALUE', found('KEY__C')), true],
    [
      'by its key, named in another case',
      { ...upsert, record: 'KEY__C/a' },
      failed('DUPLICATE_VALUE', `Duplicate Value Found: key__c`),
      true,
    ],
    ['not by several stored records', upsert, failed('DUPLICATE_EXTERNAL_ID'), false],
    [
      'by a record that is not committed yet',
      upsert,
      failed('DUPLICATE_VALUE', found('<unknown>')),
      true,
    ],
    ['by a record that is not named', upsert, failed('DUPLICATE_VALUE', found('')), true],
    ['not by another field', upsert, failed('DUPLICATE_VALUE', found('Email__c')), false],
    [
      'not by a field that begins like its key',
      upsert,
      failed('DUPLICATE_VALUE', found('Key__cc')),
      false,
    ],
    ['by a duplicate that names no field', upsert, failed('DUPLICATE_VALUE', 'duplicate'), true],
    ['not under another code', upsert, failed('STRING_TOO_LONG', found('Key__c')), false],
    ['not when it succeeded', upsert, success, false],
    [
      'not as a create',
      { action: 'POST', record: 'Key__c/a' } as const,
      failed('DUPLICATE_VALUE'),
      false,
    ],
    [
      'not as an update by id',
      { action: 'PATCH', record: '003000000000001' } as const,
      failed('DUPLICATE_VALUE'),
      false,
    ],
    ['not without a record', { action: 'PATCH' } as const, failed('DUPLICATE_VALUE'), false],
    [
      'not without a field',
      { action: 'PATCH', record: '/a' } as const,
      failed('DUPLICATE_VALUE'),
      false,
    ],
  ])('%s', (_what, request, outcome, expected) =>
    expect(isConcurrentUpsert({ request: { resource: 'sobjects', ...request } }, outcome)).toBe(
      expected,
    ),
  );
});
