import type { Settings } from '../settings.ts';
import { fieldsOf, type Org } from './org.ts';
import { CheckError, type Passed } from './steps.ts';

/** Checks that the org serves the API version that the stack uses. */
export async function checkVersion(org: Org, { apiVersion }: Settings): Promise<Passed<Org>> {
  const body = await org.get('/services/data');
  const versions = (Array.isArray(body) ? body : []).map((entry) => fieldsOf(entry)['version']);
  const latest = versions.at(-1);
  if (versions.includes(apiVersion.slice(1)))
    return { value: org, detail: `${apiVersion} is served; the latest is v${latest}` };
  throw new CheckError(
    `${apiVersion} is not served; the latest is v${latest}`,
    `Deploy with SalesforceApiVersion=v${latest}.`,
  );
}

/** Platform events can be published but not updated. */
const requiredPermissions = (object: string): string[] =>
  object.endsWith('__e') ? ['createable'] : ['createable', 'updateable'];

/** Checks that the user can create and update records of an object. */
export async function checkObject(
  org: Org,
  object: string,
  { apiVersion }: Settings,
): Promise<Passed<Org>> {
  const path = `/services/data/${apiVersion}/sobjects/${encodeURIComponent(object)}/describe`;
  const description = fieldsOf(await org.get(path));
  const required = requiredPermissions(object);
  const missing = required.filter((permission) => description[permission] !== true);
  if (missing.length === 0) return { value: org, detail: required.join(', ') };
  throw new CheckError(
    `${object} is not ${missing.join(', not ')} for this user`,
    `Grant the user Create and Edit on ${object} and its fields in a permission set.`,
  );
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
  throw new CheckError('The response of /limits has no DailyApiRequests');
}

/** With a smaller share of the daily calls remaining, the org is close to rejecting all of them. */
const LOW_SHARE = 0.2;

/** Checks how many of the daily API calls remain. */
export async function checkLimit(org: Org, { apiVersion }: Settings): Promise<Passed<Org>> {
  const { remaining, max } = await readUsage(org, apiVersion);
  const detail = `${remaining} of ${max} API calls of the last 24 hours remain`;
  if (remaining <= 0) throw new CheckError(`REQUEST_LIMIT_EXCEEDED: ${detail}`);
  const isLow = remaining < max * LOW_SHARE;
  const advice = 'Find the client that uses them, or buy more.';
  return { value: org, detail, advice: isLow ? advice : undefined };
}
