import type { JsonObject } from '../../../functions/common/json.ts';
import { fieldsOf, type Org, RefusedError } from '../org.ts';
import { type Passed, StepError } from '../steps.ts';
import { metadataOf, mistakesOf, otherName } from './field.ts';

/** The permission set that grants event id fields, made once per org. */
export const PERMISSION_SET = 'Salesforce_EventBridge_Event_Ids';

/** Of a new permission set, also as metadata. */
export const permissionSetLabel = 'salesforce-eventbridge: event ids';
export const permissionSetDescription =
  'Read and edit the fields by which Salesforce recognizes repeated events. Assigned to the integration user.';

/** An org that an administrator's session changes. */
export interface Administration {
  readonly org: Org;
  readonly apiVersion: string;
}

const pathOf = ({ apiVersion }: Administration, path: string): string =>
  `/services/data/${apiVersion}/${path}`;

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;

async function query(at: Administration, soql: string, api = ''): Promise<JsonObject[]> {
  const path = pathOf(at, `${api}query?q=${encodeURIComponent(soql)}`);
  const { records } = fieldsOf(await at.org.get(path));
  return Array.isArray(records) ? records.map(fieldsOf) : [];
}

const idOf = (record: JsonObject | undefined): string | undefined =>
  typeof record?.['Id'] === 'string' ? record['Id'] : undefined;

async function create(at: Administration, sObject: string, body: JsonObject): Promise<string> {
  const { id } = fieldsOf(await at.org.send('POST', pathOf(at, `sobjects/${sObject}`), body));
  return String(id);
}

const isSame = (text: unknown, other: string): boolean =>
  String(text).toLowerCase() === other.toLowerCase();

/**
 * Checks whose session it is ("UserInfo Endpoint"): the integration user must not be able to change the org.
 *
 * @param integrationUser its username.
 */
export async function checkSession(org: Org, integrationUser: string): Promise<string> {
  const user = fieldsOf(
    await org.get('/services/oauth2/userinfo').catch((error: unknown) => {
      if (!(error instanceof RefusedError)) throw error;
      throw new StepError(
        `Salesforce refuses the session (${error.errorCode})`,
        'Log in again as an administrator (sf org login web), or pipe in a token that is still valid and its own instance URL.',
      );
    }),
  );
  const username = String(user['preferred_username']);
  if (!isSame(username, integrationUser)) return username;
  throw new StepError(
    `The session is the integration user's, ${username}`,
    "Use an administrator's session. The integration user must not have the rights to change the org.",
  );
}

/** @returns the user's id. */
export async function findUser(at: Administration, username: string): Promise<Passed<string>> {
  const soql = `SELECT Id, IsActive FROM User WHERE Username = ${quoted(username)}`;
  const [user] = await query(at, soql);
  const value = idOf(user);
  if (value === undefined)
    throw new StepError(
      `The org has no user ${username}`,
      'Pass the username with --user (a sandbox adds a suffix), or the session of the org that the stack uses.',
    );
  if (user?.['IsActive'] !== false) return { value, detail: username };
  return { value, detail: username, advice: 'The user is inactive: activate it in Setup.' };
}

/** @returns the object's name as the org writes it. */
export async function findObject(at: Administration, object: string): Promise<Passed<string>> {
  const path = pathOf(at, `sobjects/${encodeURIComponent(object)}/describe`);
  const { name, label } = fieldsOf(await at.org.get(path));
  return { value: String(name), detail: `${label}` };
}

/** Salesforce has no code that is documented for it. */
const EXISTS = /already a field named/i;

/** The metadata of a custom field; undefined when the session cannot see it. */
async function readField(at: Administration, owner: string, field: string) {
  const developerName = quoted(field.replace(/__c$/i, ''));
  const soql = `SELECT Id FROM CustomField WHERE DeveloperName = ${developerName}`;
  const owners = owner === 'Activity' ? ['Activity', 'Task', 'Event'] : [owner];
  for (const record of await query(at, soql, 'tooling/')) {
    const path = pathOf(at, `tooling/sobjects/CustomField/${idOf(record)}`);
    const { FullName, Metadata } = fieldsOf(await at.org.get(path));
    if (owners.some((name) => isSame(FullName, `${name}.${field}`))) return fieldsOf(Metadata);
  }
  return undefined;
}

/** @throws StepError unless the field that exists can hold event ids. */
async function checkExisting(
  at: Administration,
  owner: string,
  field: string,
): Promise<Passed<string>> {
  const metadata = await readField(at, owner, field);
  const fullName = `${owner}.${field}`;
  if (metadata === undefined)
    return {
      value: fullName,
      detail: 'exists already',
      advice: 'Its type could not be read: npm run salesforce -- check verifies it.',
    };
  const mistakes = mistakesOf({
    isText: metadata['type'] === 'Text',
    length: Number(metadata['length']),
    isUnique: metadata['unique'] === true,
    isExternalId: metadata['externalId'] === true,
  });
  if (mistakes.length > 0)
    throw new StepError(
      `${fullName} exists already, but ${mistakes.join(', ')}`,
      `Pass another name, for example --field ${otherName(field)}, or change the field in Setup.`,
    );
  return { value: fullName, detail: 'exists already, as needed' };
}

/**
 * Makes the field, unless it exists ("Tooling API", CustomField).
 *
 * @param owner the object, or Activity for those of tasks and events.
 * @returns the field's full name.
 */
export async function makeField(
  at: Administration,
  owner: string,
  field: string,
): Promise<Passed<string>> {
  const FullName = `${owner}.${field}`;
  const body = { FullName, Metadata: metadataOf(field) };
  try {
    await at.org.send('POST', pathOf(at, 'tooling/sobjects/CustomField'), body);
  } catch (error) {
    if (error instanceof RefusedError && EXISTS.test(error.reason))
      return checkExisting(at, owner, field);
    throw error;
  }
  return { value: FullName, detail: 'made: text(255), unique, external id, case-sensitive' };
}

/** @returns the id of the permission set, which is made if the org lacks it. */
export async function providePermissionSet(at: Administration): Promise<Passed<string>> {
  const soql = `SELECT Id FROM PermissionSet WHERE Name = ${quoted(PERMISSION_SET)}`;
  const found = idOf((await query(at, soql))[0]);
  if (found !== undefined) return { value: found, detail: 'exists already' };
  const Label = permissionSetLabel;
  const Description = permissionSetDescription;
  const value = await create(at, 'PermissionSet', { Name: PERMISSION_SET, Label, Description });
  return { value, detail: 'made' };
}

/** Lets the permission set read and edit a field ("Object Reference", FieldPermissions). */
export async function grantField(
  at: Administration,
  ParentId: string,
  { object: SobjectType, field }: { readonly object: string; readonly field: string },
): Promise<Passed<string>> {
  const Field = `${SobjectType}.${field}`;
  const rights = { PermissionsRead: true, PermissionsEdit: true };
  const [found] = await query(
    at,
    `SELECT Id, PermissionsEdit FROM FieldPermissions WHERE ParentId = ${quoted(ParentId)} AND SobjectType = ${quoted(SobjectType)} AND Field = ${quoted(Field)}`,
  );
  if (found?.['PermissionsEdit'] === true) return { value: Field, detail: 'granted already' };
  if (found === undefined)
    await create(at, 'FieldPermissions', { ParentId, SobjectType, Field, ...rights });
  else await at.org.send('PATCH', pathOf(at, `sobjects/FieldPermissions/${idOf(found)}`), rights);
  return { value: Field, detail: 'granted: read, edit' };
}

/** Assigns the permission set to the integration user. */
export async function assign(
  at: Administration,
  PermissionSetId: string,
  AssigneeId: string,
): Promise<Passed<true>> {
  const [found] = await query(
    at,
    `SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = ${quoted(PermissionSetId)} AND AssigneeId = ${quoted(AssigneeId)}`,
  );
  if (found !== undefined) return { value: true, detail: 'assigned already' };
  await create(at, 'PermissionSetAssignment', { PermissionSetId, AssigneeId });
  return { value: true, detail: 'assigned' };
}
