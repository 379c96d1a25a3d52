import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { administratorRemedies } from '../../../../cli/salesforce/remedies.ts';
import { root } from '../../../../local/stack/paths.ts';
import { run } from '../harness.ts';
import { credentials, integrationUser, makeField, useOrg } from './harness.ts';

const org = useOrg();
const SET = 'Salesforce_EventBridge_Event_Ids';

describe('salesforce event-id-field', () => {
  it('makes the field, grants it, and names the parameter', async () => {
    const { exitCode, parameter, steps } = await org.provide(['Case']);
    expect(steps.map(({ detail, status, step }) => `${status} ${step}: ${detail}`)).toEqual([
      `ok session: administrator@local.example, at ${org.url()}, from standard input`,
      `ok integration user: ${integrationUser}`,
      'ok object Case: Case',
      'ok field Case.Event_Id__c: made: text(255), unique, external id, case-sensitive',
      `ok permission set ${SET}: made`,
      'ok permission for Case.Event_Id__c: granted: read, edit',
      'ok assignment: assigned',
    ]);
    expect({ exitCode, parameter }).toEqual({ exitCode: 0, parameter: 'Case:Event_Id__c' });
  });

  it('makes a field that the integration user can use, and Salesforce keeps unique', async () => {
    await org.provide(['Case', 'Bug__c']);
    const { exitCode, step } = await org.check([], {
      EventIdFields: 'Case:Event_Id__c,Bug__c:Event_Id__c',
    });
    expect(exitCode).toBe(0);
    for (const object of ['Case', 'Bug__c'])
      expect(step(`event id field ${object}.Event_Id__c`)).toMatchObject({
        status: 'ok',
        detail: 'text(255), unique, external id, case-sensitive, editable',
      });
    await org.rest('sobjects/Case', { Event_Id__c: 'a' });
    expect(await org.rest('sobjects/Case', { Event_Id__c: 'a' })).toMatchObject([
      { errorCode: 'DUPLICATE_VALUE' },
    ]);
  });

  it('changes nothing when it is repeated', async () => {
    await org.provide(['Case', 'Contact']);
    const { exitCode, parameter, steps } = await org.provide(['contact', 'Case', 'CASE']);
    expect(steps.slice(2).map(({ detail, step }) => `${step}: ${detail}`)).toEqual([
      'object contact: Contact',
      'field Contact.Event_Id__c: exists already, as needed',
      'object Case: Case',
      'field Case.Event_Id__c: exists already, as needed',
      `permission set ${SET}: exists already`,
      'permission for Contact.Event_Id__c: granted already',
      'permission for Case.Event_Id__c: granted already',
      'assignment: assigned already',
    ]);
    expect(exitCode).toBe(0);
    expect(parameter).toBe('Contact:Event_Id__c,Case:Event_Id__c');
    const { length } = await org.control().records('FieldPermissions');
    expect(length).toBe(2);
  });

  it('grants a field that was made without permissions', async () => {
    await makeField(org, 'Case.Event_Id__c');
    const { statuses } = await org.provide(['Case']);
    expect(statuses).toMatchObject({ 'permission for Case.Event_Id__c': 'ok' });
    expect((await org.check(['--event-id-field', 'Case:Event_Id__c'])).exitCode).toBe(0);
  });

  it('makes one field for tasks and events, which belongs to Activity', async () => {
    const { parameter, steps } = await org.provide(['Task', 'Event']);
    expect(steps.filter(({ step }) => step.startsWith('field'))).toMatchObject([
      { step: 'field Activity.Event_Id__c', status: 'ok' },
    ]);
    expect(parameter).toBe('Task:Event_Id__c,Event:Event_Id__c');
    const pairs = { EventIdFields: parameter ?? '' };
    expect((await org.check([], pairs)).exitCode).toBe(0);
    expect((await org.provide(['Task'])).exitCode).toBe(0);
  });

  it('makes a read-only permission editable', async () => {
    await org.provide(['Case']);
    const [permission] = await org.control().records('FieldPermissions');
    const { accessToken } = await org.administrator();
    await fetch(`${org.url()}/services/data/v68.0/sobjects/FieldPermissions/${permission?.Id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: '{"PermissionsEdit":false}',
    });
    const pair = ['--event-id-field', 'Case:Event_Id__c'];
    expect((await org.check(pair)).step('event id field Case.Event_Id__c')).toMatchObject({
      detail: 'Case.Event_Id__c is read-only for this user',
      remedy: 'Make and grant it: npm run salesforce -- event-id-field Case',
    });
    await org.provide(['Case']);
    expect((await org.check(pair)).exitCode).toBe(0);
  });

  it("keeps the stack's other pairs in the parameter", async () => {
    const parameters = { EventIdFields: 'Task:EventId__c,case:Old__c' };
    const { parameter } = await org.provide(['Case', '--field', 'Key__c'], { parameters });
    expect(parameter).toBe('Task:EventId__c,Case:Key__c');
  });

  it('uses the administrator of the simulator with --local', async () => {
    const { exitCode, output } = await run(['event-id-field', 'Case', '--local'], {
      clients: org.aws(),
    });
    expect(exitCode).toBe(0);
    expect(output).toContain("Set the stack's parameter: EventIdFields=Case:Event_Id__c\n");
    expect(output).toContain('check --local --event-id-field Case:Event_Id__c');
  });

  it('reads no stack when --user names the integration user', async () => {
    const input = JSON.stringify(await org.administrator());
    const args = ['event-id-field', 'Case', '--token-stdin', '--user', integrationUser];
    const { exitCode, output } = await run(args, { input });
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /ok {7}assignment: assigned\n.*EventIdFields=Case:Event_Id__c\nAdd the/s,
    );
    expect(output).toContain('npm run deploy -- --set EventIdFields=Case:Event_Id__c');
  });
});

describe('salesforce event-id-field refuses', () => {
  const tokenOf = async (): Promise<string> => {
    const { clientId: client_id, clientSecret: client_secret } = credentials;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id,
      client_secret,
    });
    const answer = await fetch(`${org.url()}/services/oauth2/token`, { method: 'POST', body });
    return answer.text();
  };

  it("the integration user's session, and changes nothing", async () => {
    const { exitCode, failed, statuses } = await org.provide(['Case'], { input: await tokenOf() });
    expect(exitCode).toBe(1);
    expect(failed).toMatchObject({
      step: 'session',
      detail: `The session is the integration user's, ${integrationUser}`,
      remedy: expect.stringContaining("administrator's session"),
    });
    expect(statuses).toMatchObject({ 'field Case.Event_Id__c': 'skipped', assignment: 'skipped' });
    expect(await org.control().records('PermissionSet')).toHaveLength(1);
  });

  it('a session that has ended', async () => {
    const input = JSON.stringify(await org.administrator());
    await fetch(`${org.url()}/__sim/expire-tokens`, { method: 'POST' });
    const { failed } = await org.provide(['Case'], { input });
    expect(failed).toMatchObject({ step: 'session', remedy: expect.stringContaining('Log in') });
  });

  it.each([
    [{ type: 'Number', precision: 18, scale: 0 }, 'is not a text field'],
    [{ length: 40 }, 'has 40 characters instead of at least 64'],
    [{ unique: false, externalId: false }, 'is not unique, is not an external id'],
  ])('a field that exists with %j, and names another', async (change, detail) => {
    await makeField(org, 'Case.Event_Id__c', change);
    const { exitCode, failed, parameter, statuses } = await org.provide(['Case', 'Contact']);
    expect(exitCode).toBe(1);
    expect(failed).toMatchObject({
      step: 'field Case.Event_Id__c',
      detail: `Case.Event_Id__c exists already, but ${detail}`,
      remedy: expect.stringContaining('--field Event_Id_2__c'),
    });
    expect(statuses).toMatchObject({ 'permission for Contact.Event_Id__c': 'ok' });
    expect(parameter).toBe('Contact:Event_Id__c');
  });

  it('an object that the org lacks, and goes on with the others', async () => {
    const { exitCode, failed, parameter } = await org.provide(['Nobody__c', 'Case']);
    expect({ exitCode, parameter }).toEqual({ exitCode: 1, parameter: 'Case:Event_Id__c' });
    expect(failed).toMatchObject({
      step: 'object Nobody__c',
      detail: expect.stringContaining('NOT_FOUND'),
      remedy: expect.stringContaining('API name'),
    });
  });

  it.each([
    ['/tooling/sobjects/CustomField', 'field Case.Event_Id__c'],
    ['/sobjects/PermissionSet$', `permission set ${SET}`],
    ['/sobjects/FieldPermissions', 'permission for Case.Event_Id__c'],
    ['/sobjects/PermissionSetAssignment', 'assignment'],
  ])('a user without rights: %s', async (path, step) => {
    const message = 'insufficient access rights on cross-reference id';
    const errorCode = 'INSUFFICIENT_ACCESS_OR_READONLY';
    const fault = { match: { path, method: 'POST' }, status: 403, errorCode, message } as const;
    await org.control().addFault({ ...fault, times: 1, after: 'before' });
    const { exitCode, failed, parameter } = await org.provide(['Case']);
    expect({ exitCode, parameter }).toEqual({ exitCode: 1, parameter: '' });
    expect(failed).toMatchObject({
      step,
      detail: expect.stringContaining('INSUFFICIENT_ACCESS'),
      remedy: expect.stringContaining('Customize Application'),
    });
  });

  it('a user that the org does not have', async () => {
    const { failed } = await org.provide(['Case', '--user', "o'brien@acme.example"]);
    expect(failed).toMatchObject({ step: 'integration user', remedy: expect.any(String) });
    expect(failed?.detail).toBe("The org has no user o'brien@acme.example");
  });

  it('to guess the user of client credentials', async () => {
    const { exitCode, output } = await org.provide(['Case'], {
      parameters: { AuthFlow: 'client_credentials' },
    });
    expect(exitCode).toBe(2);
    expect(output).toContain('--user');
  });

  it('prints no token', async () => {
    const { accessToken, ...session } = await org.administrator();
    const fault = { match: { path: '/describe' }, status: 400, message: `token ${accessToken}` };
    await org.control().addFault({ ...fault, times: 1, after: 'before' });
    const { output } = await org.provide(['Case'], {
      input: JSON.stringify({ accessToken, ...session }),
    });
    expect(output).toContain('token ***');
    expect(output).not.toContain(accessToken);
  });
});

describe('docs/salesforce-setup.md', () => {
  const page = readFileSync(join(root, 'docs/salesforce-setup.md'), 'utf8').toLowerCase();
  it.each(Object.keys(administratorRemedies))("explains an administrator's %s", (message) =>
    expect(page).toContain(`\`${message.toLowerCase()}`),
  );
});
