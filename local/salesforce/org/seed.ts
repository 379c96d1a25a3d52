import type { Database, Row } from './database.ts';
import { initialValue } from './fields.ts';
import { toLongId } from './ids.ts';
import type { SObjectType } from './schema.ts';
import { auditFields } from './values.ts';

const id = (keyPrefix: string, number = 1): string =>
  toLongId(`${keyPrefix}5g00000000${String(number).padStart(2, '0')}`);

/** The integration user: every session acts with its permissions. */
export const USER_ID = id('005');
/** Who sets the org up: `/__sim/sessions` opens its sessions. */
export const ADMINISTRATOR_ID = id('005', 2);
export const ADMINISTRATOR_USERNAME = 'administrator@local.example';
export const ORGANIZATION_ID = id('00D');

const LICENSE = id('100');
const PROFILE = id('00e');
const QUEUE = id('00G');

type Values = Readonly<Record<string, unknown>>;

const USER: Values = {
  LastName: 'Integration',
  FirstName: null,
  Name: 'Integration',
  Alias: 'integ',
  CommunityNickname: 'integration',
  Email: 'integration@example.com',
  ProfileId: PROFILE,
  TimeZoneSidKey: 'America/Los_Angeles',
  LocaleSidKey: 'en_US',
  LanguageLocaleKey: 'en_US',
  EmailEncodingKey: 'UTF-8',
};

const ADMINISTRATOR: Values = {
  ...USER,
  Id: ADMINISTRATOR_ID,
  Username: ADMINISTRATOR_USERNAME,
  LastName: 'Administrator',
  Name: 'Administrator',
  Alias: 'admin',
  CommunityNickname: 'administrator',
  Email: 'administrator@example.com',
};

/** What an org has before anybody has created a record. */
const records = (username: string): readonly (readonly [string, Values])[] => [
  [
    'Organization',
    {
      Id: ORGANIZATION_ID,
      Name: 'Simulated Org',
      OrganizationType: 'Developer Edition',
      InstanceName: 'SIM1',
      Country: 'US',
      DefaultLocaleSidKey: 'en_US',
      LanguageLocaleKey: 'en_US',
      TimeZoneSidKey: 'America/Los_Angeles',
      FiscalYearStartMonth: 1,
    },
  ],
  ['UserLicense', { Id: LICENSE, Name: 'Salesforce Integration', MasterLabel: 'Salesforce' }],
  ['Profile', { Id: PROFILE, Name: 'Integration', UserLicenseId: LICENSE }],
  ['User', { ...USER, Id: USER_ID, Username: username }],
  ['User', ADMINISTRATOR],
  [
    'PermissionSet',
    {
      Id: id('0PS'),
      Name: 'X00e_Integration',
      Label: 'Integration',
      IsOwnedByProfile: true,
      ProfileId: PROFILE,
    },
  ],
  ['PermissionSetAssignment', { Id: id('0Pa'), AssigneeId: USER_ID, PermissionSetId: id('0PS') }],
  ['Group', { Id: QUEUE, Name: 'Support', DeveloperName: 'Support', Type: 'Queue' }],
  ['QueueSobject', { Id: id('03g'), QueueId: QUEUE, SobjectType: 'Case' }],
  ['QueueSobject', { Id: id('03g', 2), QueueId: QUEUE, SobjectType: 'Lead' }],
  ['GroupMember', { Id: id('011'), GroupId: QUEUE, UserOrGroupId: USER_ID }],
  ['Pricebook2', { Id: id('01s'), Name: 'Standard Price Book', IsActive: true, IsStandard: true }],
];

function toRow(type: SObjectType, values: Values): Row {
  const audit = auditFields(USER_ID, new Date());
  const defaults = type.fields.map((field) => [field.name, initialValue(field)]);
  return { ...Object.fromEntries(defaults), ...audit, ...values, Id: String(values['Id']) };
}

/** Adds the records of an object's record types, so that they can be looked up like any record. */
export function seedRecordTypes(database: Database, { name, recordTypes = [] }: SObjectType): void {
  const type = database.schema.sObject('RecordType');
  if (type === undefined) return;
  for (const { id: Id, developerName, name: label = developerName, person = false } of recordTypes)
    database.save(
      type,
      toRow(type, {
        Id,
        Name: label,
        DeveloperName: developerName,
        SobjectType: name,
        IsPersonType: person,
      }),
    );
}

/** Adds the records that a new org has: the organization, the integration user with its profile, an administrator, a queue, record types. */
export function seed(database: Database, username: string): void {
  for (const [name, values] of records(username)) {
    const type = database.schema.sObject(name);
    if (type !== undefined) database.save(type, toRow(type, values));
  }
  for (const type of database.schema.all()) seedRecordTypes(database, type);
}
