import type { JsonObject } from '../../../functions/common/json.ts';
import { DEFAULT_FIELD, mistakesOf, otherName } from '../event-id-field/field.ts';
import { fieldsOf, type Org } from '../org.ts';
import type { EventIdField, Settings } from '../settings.ts';
import { type Passed, StepError } from '../steps.ts';

/** Checks that the org serves the API version that the stack uses. */
export async function checkVersion(org: Org, { apiVersion }: Settings): Promise<Passed<Org>> {
  const body = await org.get('/services/data');
  const versions = (Array.isArray(body) ? body : []).map((entry) => fieldsOf(entry)['version']);
  const latest = versions.at(-1);
  if (versions.includes(apiVersion.slice(1)))
    return { value: org, detail: `${apiVersion} is served; the latest is v${latest}` };
  throw new StepError(
    `${apiVersion} is not served; the latest is v${latest}`,
    `Deploy with SalesforceApiVersion=v${latest}.`,
  );
}

export const describeObject = async (org: Org, object: string, { apiVersion }: Settings) =>
  fieldsOf(
    await org.get(`/services/data/${apiVersion}/sobjects/${encodeURIComponent(object)}/describe`),
  );

/** Platform events can be published but not updated. */
const requiredPermissions = (object: string): string[] =>
  object.endsWith('__e') ? ['createable'] : ['createable', 'updateable'];

/** Checks that the user can create and update records of an object. */
export async function checkObject(
  org: Org,
  object: string,
  settings: Settings,
): Promise<Passed<Org>> {
  const description = await describeObject(org, object, settings);
  const required = requiredPermissions(object);
  const missing = required.filter((permission) => description[permission] !== true);
  if (missing.length === 0) return { value: org, detail: required.join(', ') };
  throw new StepError(
    `${object} is not ${missing.join(', not ')} for this user`,
    `Grant the user Create and Edit on ${object} and its fields in a permission set.`,
  );
}

const isSame = (text: unknown, other: string): boolean =>
  String(text).toLowerCase() === other.toLowerCase();

/** What keeps a described field from being an event id field, in words that follow its name. */
export const mistakesOfEventIdField = (field: JsonObject): string[] =>
  mistakesOf({
    isText: field['type'] === 'string',
    length: Number(field['length']),
    isUnique: field['unique'] === true,
    isExternalId: field['externalId'] === true,
  });

/**
 * Checks that creates can be recognized by a field: a text of at least 64 characters, unique, an external id, and editable
 * to the user. Without field-level security, describe leaves the field out.
 */
export async function checkEventIdField(
  org: Org,
  { object, field: name }: EventIdField,
  settings: Settings,
): Promise<Passed<Org>> {
  const { fields } = await describeObject(org, object, settings);
  const found = Array.isArray(fields) ? fields.map(fieldsOf) : [];
  const field = found.find((one) => isSame(one['name'], name));
  const command = `npm run salesforce -- event-id-field ${object}`;
  const makeIt = `Make and grant it: ${command}${isSame(name, DEFAULT_FIELD) ? '' : ` --field ${name}`}`;
  if (field === undefined)
    throw new StepError(`${object} has no field ${name} that this user can see`, makeIt);
  const { length } = field;
  const mistakes = mistakesOfEventIdField(field);
  if (mistakes.length > 0)
    throw new StepError(
      `${object}.${name} ${mistakes.join(', ')}`,
      `Make another field and name it in EventIdFields: ${command} --field ${otherName(name)}`,
    );
  if (field['createable'] !== true)
    throw new StepError(`${object}.${name} is read-only for this user`, makeIt);
  const comparison = field['caseSensitive'] === true ? 'case-sensitive' : 'case-insensitive';
  return { value: org, detail: `text(${length}), unique, external id, ${comparison}, editable` };
}

interface Usage {
  readonly remaining: number;
  readonly max: number;
}

/** `/limits` requires "View Setup and Configuration"; the header of every response has nearly the same numbers. */
function usageFromHeader(limitInfo: string): Usage | undefined {
  const [, used, max] = /api-usage=(\d+)\/(\d+)/.exec(limitInfo) ?? [];
  return used === undefined
    ? undefined
    : { remaining: Number(max) - Number(used), max: Number(max) };
}

async function readUsage(org: Org, apiVersion: string): Promise<Usage> {
  try {
    const limits = fieldsOf(await org.get(`/services/data/${apiVersion}/limits`));
    const { Max, Remaining } = fieldsOf(limits['DailyApiRequests']);
    if (typeof Max === 'number' && typeof Remaining === 'number')
      return { remaining: Remaining, max: Max };
  } catch (error) {
    const usage = usageFromHeader(org.limitInfo());
    if (usage !== undefined && usage.remaining > 0) return usage;
    throw error;
  }
  throw new StepError('The response of /limits has no DailyApiRequests');
}

/** With a smaller share of the daily calls remaining, the org is close to rejecting all of them. */
const LOW_SHARE = 0.2;

/** Checks how many of the daily API calls remain. */
export async function checkLimit(org: Org, { apiVersion }: Settings): Promise<Passed<Org>> {
  const { remaining, max } = await readUsage(org, apiVersion);
  const detail = `${remaining} of ${max} API calls of the last 24 hours remain`;
  if (remaining <= 0) throw new StepError(`REQUEST_LIMIT_EXCEEDED: ${detail}`);
  const isLow = remaining < max * LOW_SHARE;
  const advice = 'Find the client that uses them, or buy more.';
  return { value: org, detail, advice: isLow ? advice : undefined };
}
