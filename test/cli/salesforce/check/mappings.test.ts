import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../../../build/mappings/compile.ts';
import { readMappings } from '../../../../build/mappings/read.ts';
import { mappingChecks } from '../../../../cli/salesforce/check/mapping.ts';
import { type Org, RefusedError } from '../../../../cli/salesforce/org.ts';
import { settingsFrom } from '../../../../cli/salesforce/settings.ts';
import { createLocalOrg } from '../../../functions/salesforce-apicall/mapping/local-org.ts';
import { useCheckedOrg } from './harness.ts';

const { check } = useCheckedOrg();

describe('salesforce check of mappings', () => {
  it('checks what each step of those that are enabled names', async () => {
    const { checks, exitCode } = await check([], { parameters: { Mappings: '*' } });
    expect(exitCode).toBe(0);
    const steps = checks.filter(({ step }) => step.startsWith('mapping '));
    const files = await readMappings('.');
    expect(steps).toHaveLength(files.flatMap(({ mapping }) => mapping?.steps ?? []).length);
    expect(steps).toContainEqual({
      step: 'mapping order-to-records, step upsert-Contact',
      status: 'ok',
      detail: 'Contact createable, updateable, Shop_Id__c, LastName, Account.Shop_Id__c',
    });
  });

  it('checks no others', async () => {
    const { checks } = await check([], { parameters: { Mappings: 'github-issue-to-case' } });
    expect(checks.flatMap(({ step }) => (step.startsWith('mapping') ? [step] : []))).toEqual([
      'mappings',
      'mapping github-issue-to-case, step create-Case',
    ]);
  });

  it('names a mapping that there is not', async () => {
    const { exitCode, failed } = await check([], { parameters: { Mappings: 'github-issue' } });
    expect(exitCode).toBe(1);
    expect(failed).toMatchObject({
      step: 'mappings',
      detail: expect.stringMatching(/github-issue,/),
    });
  });
});

type Described = Readonly<Record<string, unknown>>;

/** The org without HTTP. `change` gets each described object. */
function orgWith(change: (description: Described) => Described): Org {
  const local = createLocalOrg();
  return {
    instanceUrl: '',
    limitInfo: () => '',
    send: () => Promise.reject(new Error('the check changes nothing')),
    get: async (path) => {
      const below = path.replace(/^\/services\/data\/v[\d.]+\//, '');
      const response = await local.request('GET', below);
      if (response.status !== 200) throw new RefusedError(response);
      return change(Object(response.body));
    },
  };
}

/** What is wrong with the only step of a mapping; `undefined`: nothing. */
async function problemOf(
  step: string,
  change: (description: Described) => Described = (same) => same,
): Promise<string | undefined> {
  const text = `description: x\non: {source: [a], detail-type: [b]}\nsteps:\n- ${step}\n`;
  const { mapping, problems } = compileMapping('example', text);
  if (mapping === undefined) throw new Error(JSON.stringify(problems));
  const [only] = mappingChecks([mapping], settingsFrom({}, {}));
  try {
    await only?.check(orgWith(change));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A change of one field of an object, or of the object itself. */
const withField =
  (object: string, name: string, change: object) =>
  (description: Described): Described =>
    description['name'] === object
      ? {
          ...description,
          fields: Array.from(Object(description['fields']), (field) =>
            Object(field).name === name ? { ...Object(field), ...change } : field,
          ),
        }
      : description;
const withRights = (object: string, rights: object) => (description: Described) =>
  description['name'] === object ? { ...description, ...rights } : description;

const FIND = 'find: Contact\n  as: c\n  where: {Email: x}';
const CREATE = 'create: Case\n  fields: {Subject: x}';

describe('a step of a mapping', () => {
  it.each([
    [
      'a field that is mistyped',
      'create: Case\n  fields: {Subjct: x}',
      'fields.Subjct: Case has no field Subjct that this user can see — did you mean Subject?',
    ],
    [
      'a key that is mistyped',
      'upsert: Bug__c\n  by: {Isue_Id__c: x}\n  fields: {Title__c: x}',
      'by.Isue_Id__c: Bug__c has no field Isue_Id__c that this user can see — did you mean Issue_Id__c?',
    ],
    [
      'a key that is no external id',
      'upsert: Bug__c\n  by: {Title__c: x}\n  fields: {Notes__c: x}',
      'by.Title__c: Bug__c.Title__c is not an external id',
    ],
    [
      'a field of a find',
      'find: Contact\n  as: c\n  where: {Emial: x}\n  select: [Phon]',
      'where.Emial: Contact has no field Emial that this user can see — did you mean Email?; select: Contact has no field Phon that this user can see — did you mean Phone?',
    ],
    [
      'an order',
      'find: Contact\n  as: c\n  where: {Email: x}\n  many: first\n  order: "Create DESC"',
      'order: Contact has no field Create that this user can see',
    ],
    [
      "a parent's field",
      'create: Contact\n  fields: {LastName: x, Account: {Shop_Idd__c: x}}',
      'fields.Account: Account has no field Shop_Idd__c that this user can see — did you mean Shop_Id__c?',
    ],
    [
      "a parent's field that is no external id",
      'create: Contact\n  fields: {LastName: x, Account: {Phone: x}}',
      'fields.Account: Account.Phone is not an external id',
    ],
    [
      'a relationship',
      'create: Contact\n  fields: {LastName: x, Acount: {Shop_Id__c: x}}',
      'fields.Acount: Contact has no relationship Acount that this user can see — did you mean Account?',
    ],
    [
      'an event id field that cannot be one',
      'create: Case\n  once: Subject\n  fields: {Description: x}',
      'once: Case.Subject is not unique; once: Case.Subject is not an external id',
    ],
    ['an object', 'create: Cas__c\n  fields: {Subject: x}', /^Salesforce returned NOT_FOUND/],
    ["a call's object", 'call: {action: GET, resource: sobjects, object: Cas__c}', /NOT_FOUND/],
  ])(
    'with %s that Salesforce does not have fails, with what is near',
    async (_what, step, expected) => {
      const problem = await problemOf(step);
      if (expected instanceof RegExp) expect(problem).toMatch(expected);
      else expect(problem?.startsWith(expected), problem).toBe(true);
    },
  );

  it.each([
    ['to find', FIND, withRights('Contact', { queryable: false }), 'Contact is not queryable'],
    ['to create', CREATE, withRights('Case', { createable: false }), 'Case is not createable'],
    [
      'to update by an upsert',
      'upsert: Bug__c\n  by: {Issue_Id__c: x}\n  fields: {Title__c: x}',
      withRights('Bug__c', { updateable: false }),
      'Bug__c is not updateable',
    ],
    [
      'to delete',
      'delete: Bug__c\n  by: {Issue_Id__c: x}',
      withRights('Bug__c', { deletable: false }),
      'Bug__c is not deletable',
    ],
    [
      'to a field',
      CREATE,
      withField('Case', 'Subject', { createable: false }),
      'fields.Subject: Case.Subject is not createable',
    ],
    [
      "to a parent's reference",
      'create: Contact\n  fields: {LastName: x, Account: {Shop_Id__c: x}}',
      withField('Contact', 'AccountId', { createable: false }),
      'fields.Account: Contact.AccountId is not createable',
    ],
    [
      'to search by a field',
      FIND,
      withField('Contact', 'Email', { filterable: false }),
      "where.Email: Contact.Email can't be searched by",
    ],
  ])('without the right %s fails', async (_what, step, change, expected) => {
    expect(await problemOf(step)).toBeUndefined();
    expect(await problemOf(step, change)).toContain(expected);
  });

  it('may name the fields of parents, and platform events', async () => {
    const find = 'find: Contact\n  as: c\n  where: {Email: x}\n  select: [Account.Owner.Email]';
    expect(await problemOf(find)).toBeUndefined();
    expect(await problemOf('create: Order__e\n  fields: {Number__c: x}')).toBeUndefined();
  });
});
