import { beforeEach, describe, expect, it } from 'vitest';
import {
  classifyResponse,
  isTooBig,
} from '../../../../functions/salesforce-apicall/outcome/classify.ts';
import { useTestOrg } from '../harness.ts';

const org = useTestOrg();
beforeEach(() => org().control('POST', 'reset'));

const settings = (change: object) => org().control('PATCH', 'settings', change);
const stored = async (sObject: string) =>
  (await org().control('GET', `records/${sObject}`)).body as unknown[];

const accounts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    attributes: { type: 'Account' },
    Name: `a${index}`,
  }));
const contacts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    attributes: { type: 'Contact' },
    LastName: `c${index}`,
  }));
const invalid = (count: number) =>
  Array.from({ length: count }, () => ({ attributes: { type: 'Account' } }));

const create = (records: readonly object[], allOrNone = false) =>
  org().rest('POST', '/composite/sobjects', { allOrNone, records });

const failed = (message: string) => ({
  success: false,
  errors: [{ statusCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message }],
});

const CPU = failed('XTrigger: System.LimitException: Apex CPU time limit exceeded');
const RETRIES = failed(
  'Too many batch retries in the presence of Apex triggers and partial failures.',
);

describe('triggers that take too long', () => {
  beforeEach(() => settings({ apexRecordLimit: 3 }));

  it('row 60, reported (stackexchange 377154): fail all records of a collection above a number', async () => {
    expect((await create(accounts(4))).body).toMatchObject([CPU, CPU, CPU, CPU]);
    expect(await stored('Account')).toEqual([]);
    expect((await create(accounts(3))).body).toMatchObject(Array(3).fill({ success: true }));
  });

  it('documented (Create Records …): run once per chunk, which is of one object', async () => {
    const { body } = await create([...accounts(3), ...contacts(4)]);
    const succeeded = Array(3).fill({ success: true });
    expect(body).toMatchObject([...succeeded, CPU, CPU, CPU, CPU]);
    expect(await stored('Account')).toHaveLength(3);
  });

  it('row 60, reported (stackexchange 377154): fail their own part of a composite', async () => {
    const part = (count: number) => ({
      method: 'POST',
      url: '/services/data/v68.0/composite/sobjects',
      referenceId: `of${count}`,
      body: { allOrNone: false, records: accounts(count) },
    });
    const { body } = await org().rest('POST', '/composite', {
      compositeRequest: [part(4), part(2)],
    });
    expect(body).toMatchObject({
      compositeResponse: [{ body: Array(4).fill(CPU) }, { body: Array(2).fill({ success: true }) }],
    });
  });

  it('are seen by apicall as a call that is too big', async () => {
    const [first] = (await create(accounts(4))).body as { errors: unknown[] }[];
    const outcome = classifyResponse({ status: 400, headers: {}, body: first?.errors }, true);
    expect(isTooBig(outcome)).toBe(true);
  });
});

describe('the retries of a collection with partial failures', () => {
  beforeEach(() => settings({ partialFailureLimit: 3 }));

  it('row 61, documented (Apex: Bulk DML Exception Handling; code: guess): fail every record at the third', async () => {
    const { body } = await create([...accounts(2), ...invalid(3)]);
    expect(body).toMatchObject([RETRIES, RETRIES, RETRIES, RETRIES, RETRIES]);
    expect(await stored('Account')).toEqual([]);
  });

  it('documented (Apex: Bulk DML Exception Handling): store the other records before', async () => {
    const { body } = await create([...accounts(2), ...invalid(2)]);
    expect(body).toMatchObject([
      { success: true },
      { success: true },
      { errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }] },
      { errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }] },
    ]);
    expect(await stored('Account')).toHaveLength(2);
  });

  it('are none with allOrNone', async () => {
    const { body } = await create([...accounts(1), ...invalid(3)], true);
    expect(body).toMatchObject([
      { errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
      ...Array(3).fill({ errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }] }),
    ]);
  });
});

describe('writes that the org refuses', () => {
  it('row 59, documented (SOAP: Core Data Types): fail their record of a collection, and their part of a composite', async () => {
    const { body: created } = await org().rest('POST', '/sobjects/Account', { Name: 'a' });
    const url = `/services/data/v68.0/sobjects/Account/${Object(created).id}`;
    await settings({ mood: 'release-upgrade' });
    const errorCode = 'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE';
    expect((await create(accounts(1))).body).toMatchObject([
      { errors: [{ statusCode: errorCode }] },
    ]);
    const { body } = await org().rest('POST', '/composite', {
      compositeRequest: [
        { method: 'PATCH', url, referenceId: 'write', body: { Name: 'b' } },
        { method: 'GET', url, referenceId: 'read' },
      ],
    });
    expect(body).toMatchObject({
      compositeResponse: [{ body: [{ errorCode }] }, { httpStatusCode: 200, body: { Name: 'a' } }],
    });
  });
});
