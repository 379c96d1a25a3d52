import { describe, expect, it } from 'vitest';
import { type Answer, useTestOrg } from '../harness.ts';

const PERSON = '012000000000001AAA';
const BUSINESS = '012000000000002AAA';
const org = useTestOrg();

const post = (sObject: string, fields: object) =>
  org().rest('POST', `/sobjects/${sObject}`, fields);
const patch = (sObject: string, id: string, fields: object) =>
  org().rest('PATCH', `/sobjects/${sObject}/${id}`, fields);
const read = async (sObject: string, id: unknown) =>
  Object((await org().rest('GET', `/sobjects/${sObject}/${id}`)).body);
const idOf = ({ body }: Answer): string => String(Object(body).id);
const ana = async () =>
  idOf(
    await post('Account', {
      FirstName: 'Ana',
      LastName: 'Silva',
      RecordTypeId: PERSON,
      PersonEmail: 'ana@example.org',
    }),
  );

describe('a person account (documented: SOAP API Developer Guide, Person Account Record Types)', () => {
  it('needs a last name and its record type, and has a contact with the same values', async () => {
    const account = await read('Account', await ana());
    expect(account).toMatchObject({ Name: 'Ana Silva', IsPersonAccount: true });
    expect(await read('Contact', account.PersonContactId)).toMatchObject({
      AccountId: account.Id,
      FirstName: 'Ana',
      LastName: 'Silva',
      Name: 'Ana Silva',
      Email: 'ana@example.org',
      IsPersonAccount: true,
    });
  });

  it('changes with its contact, and its contact with it', async () => {
    const account = await read('Account', await ana());
    await patch('Contact', account.PersonContactId, { Email: 'new@example.org' });
    expect(await read('Account', account.Id)).toMatchObject({ PersonEmail: 'new@example.org' });
    await patch('Account', account.Id, { LastName: 'Souza' });
    expect(await read('Contact', account.PersonContactId)).toMatchObject({
      Name: 'Ana Souza',
      Email: 'new@example.org',
    });
  });

  it('is deleted with its contact, which cannot be deleted alone', async () => {
    const account = await read('Account', await ana());
    const alone = await org().rest('DELETE', `/sobjects/Contact/${account.PersonContactId}`);
    expect(alone.status).toBe(400);
    expect((await org().rest('DELETE', `/sobjects/Account/${account.Id}`)).status).toBe(204);
    const contact = await org().rest('GET', `/sobjects/Contact/${account.PersonContactId}`);
    expect(contact.status).toBe(404);
  });

  it('has no contacts but its own', async () => {
    const answer = await post('Contact', { LastName: 'Other', AccountId: await ana() });
    expect(answer.status).toBe(400);
  });

  it.each([
    ['a name', { Name: 'x', LastName: 'y', RecordTypeId: PERSON }, 'Name'],
    ['the names of a person', { Name: 'x', LastName: 'y', RecordTypeId: BUSINESS }, 'LastName'],
  ])('of the other kind: refuses %s (reported text)', async (_what, fields, field) => {
    const answer = await post('Account', fields);
    expect(answer.body).toEqual([
      {
        errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
        message: `Account: bad field names on insert/update call: ${field}`,
        fields: [field],
      },
    ]);
  });

  it('is made of a business account by its record type alone', async () => {
    const id = idOf(await post('Account', { Name: 'Silva & Co' }));
    const contact = idOf(
      await post('Contact', { LastName: 'Silva', Email: 'a@b.co', AccountId: id }),
    );
    const both = await patch('Account', id, { RecordTypeId: PERSON, Phone: '1' });
    expect(both.body).toMatchObject([{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' }]);
    expect((await patch('Account', id, { RecordTypeId: PERSON })).status).toBe(204);
    expect(await read('Account', id)).toMatchObject({
      IsPersonAccount: true,
      LastName: 'Silva',
      PersonEmail: 'a@b.co',
      PersonContactId: contact,
    });
    expect((await patch('Account', id, { RecordTypeId: BUSINESS })).status).toBe(204);
    expect(await read('Account', id)).toMatchObject({ IsPersonAccount: false, PersonEmail: null });
    expect(await read('Contact', contact)).toMatchObject({ AccountId: id, IsPersonAccount: false });
  });

  it('refuses a record type of another object (reported text)', async () => {
    const answer = await post('Account', { Name: 'x', RecordTypeId: '012000000000009AAA' });
    expect(answer.status).toBe(400);
  });
});
