import type { Settings } from '../settings.ts';
import { fieldsOf, type Org } from './org.ts';
import { CheckError, type Finding } from './result.ts';

/** Whether the org serves the version that the stack asks for. */
export async function checkVersion(org: Org, { apiVersion }: Settings): Promise<Finding<Org>> {
  const { body } = await org.get('/services/data');
  const versions = (Array.isArray(body) ? body : []).map((entry) => fieldsOf(entry)['version']);
  const newest = versions.at(-1);
  if (versions.includes(apiVersion.slice(1)))
    return { value: org, detail: `${apiVersion} is served; the newest is v${newest}` };
  throw new CheckError(
    `${apiVersion} is not served; the newest is v${newest}`,
    `Deploy with SalesforceApiVersion=v${newest}.`,
  );
}

/** Platform events are published, never updated. */
const neededRights = (object: string): string[] =>
  object.endsWith('__e') ? ['createable'] : ['createable', 'updateable'];

/** Whether the user may create and update records of an object. */
export async function checkObject(
  org: Org,
  object: string,
  { apiVersion }: Settings,
): Promise<Finding<Org>> {
  const path = `/services/data/${apiVersion}/sobjects/${encodeURIComponent(object)}/describe`;
  const rights = fieldsOf((await org.get(path)).body);
  const needed = neededRights(object);
  const missing = needed.filter((right) => rights[right] !== true);
  if (missing.length === 0) return { value: org, detail: needed.join(', ') };
  throw new CheckError(
    `${object} is not ${missing.join(', not ')} for this user`,
    `Give the user Create and Edit on ${object}, and its fields, in a permission set.`,
  );
}

interface Usage {
  readonly remaining: number;
  readonly max: number;
}

/** `/limits` is for users with "View Setup and Configuration"; every answer's header says nearly the same. */
function usageOfHeader(limitInfo: string): Usage | undefined {
  const [, used, max] = /api-usage=(\d+)\/(\d+)/.exec(limitInfo) ?? [];
  return used === undefined
    ? undefined
    : { remaining: Number(max) - Number(used), max: Number(max) };
}

async function readUsage(org: Org, apiVersion: string): Promise<Usage> {
  try {
    const { body } = await org.get(`/services/data/${apiVersion}/limits`);
    const { Max, Remaining } = fieldsOf(fieldsOf(body)['DailyApiRequests']);
    if (typeof Max === 'number' && typeof Remaining === 'number')
      return { remaining: Remaining, max: Max };
  } catch (error) {
    const usage = usageOfHeader(org.limitInfo());
    if (usage !== undefined && usage.remaining > 0) return usage;
    throw error;
  }
  throw new CheckError('The answer of /limits has no DailyApiRequests');
}

/** Below this share of the day's calls the org is close to refusing all of them. */
const LEAST_SHARE = 0.2;

/** How many of the day's API calls are left. */
export async function checkLimit(org: Org, { apiVersion }: Settings): Promise<Finding<Org>> {
  const { remaining, max } = await readUsage(org, apiVersion);
  const detail = `${remaining} of ${max} API calls of these 24 hours are left`;
  if (remaining <= 0) throw new CheckError(`REQUEST_LIMIT_EXCEEDED: ${detail}`);
  const isLow = remaining < max * LEAST_SHARE;
  return { value: org, detail, advice: isLow ? 'Find who uses them, or buy more.' : undefined };
}
