import { readFile } from 'node:fs/promises';
import type { Grant } from './grants.ts';
import { unneededGrants } from './grants.ts';
import type { ListedGrant } from './listed-grants.ts';
import { type RoleCall, serviceCalls } from './service-calls.ts';
import { isAllowed, sessionOf } from './simulate.ts';
import { arnOf, type IamStack } from './stack.ts';

/** A line of the local engine's recording (local/engine/iam.py). */
export interface RecordedCall {
  /** The role's name; `null` for the developer's own credentials. */
  readonly role: string | null;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
  readonly decision: string;
}

export const readRecording = async (file: string): Promise<RecordedCall[]> =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const byCount = (texts: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`));
};

/** The engine's probes try a call that their own roles don't allow. */
const isOfProbe = ({ role }: RecordedCall): boolean => role?.startsWith('probe-') ?? false;

/** The calls that IAM denied, as messages that name role, action and resource. */
export const denials = (calls: readonly RecordedCall[]): string[] =>
  byCount(
    calls
      .filter((call) => call.decision !== 'Allow' && !isOfProbe(call))
      .map(({ role, action, resource, decision }) => {
        const who = role ?? "The developer's credentials";
        return `${who} may not ${action} on ${resource}: ${decision}`;
      }),
  );

export interface DeployedResource {
  readonly logicalId: string;
  readonly physicalId: string;
}

/**
 * The calls of the stack's roles, as if CloudFormation had named every resource with its logical id. Each is listed once,
 * whatever its object, item or rule.
 */
export function callsOfStack(
  recorded: readonly RecordedCall[],
  deployed: readonly DeployedResource[],
  { resources }: IamStack,
  stackName: string,
): RoleCall[] {
  const names = deployed
    .flatMap(({ logicalId, physicalId }): [string, string][] => {
      const resource = resources[logicalId];
      if (resource === undefined) return [];
      const arn = arnOf(logicalId, resource);
      const isArn = physicalId.startsWith('arn:');
      // Of a queue, the physical id is its URL.
      const name = physicalId.split('/').at(-1) ?? '';
      return [isArn ? [physicalId, arn] : [name, arn.split(/[:/]/).at(-1) ?? '']];
    })
    .sort(([one], [other]) => other.length - one.length);
  const roles = new Map(deployed.map(({ logicalId, physicalId }) => [physicalId, logicalId]));
  const rename = (text: string): string =>
    names
      .reduce((renamed, [physical, logical]) => renamed.replaceAll(physical, logical), text)
      .replaceAll(stackName, 'stack');
  const seen = new Map<string, RoleCall>();
  for (const { role, action, resource, context, decision } of recorded) {
    const logicalRole = roles.get(role ?? '');
    if (logicalRole === undefined || decision !== 'Allow') continue;
    const call = { role: logicalRole, action, resource: rename(resource), context };
    const shape = call.resource.replace(/^(arn:aws:s3:::[^/]+\/[^/]+\/).*/, '$1');
    const key = JSON.stringify([logicalRole, action, shape, context]);
    if (!seen.has(key)) seen.set(key, call);
  }
  return [...seen.values()];
}

/** A sample of `size` calls: of each role and action in turn. It is the same for the same calls. */
export function sampleOf(calls: readonly RoleCall[], size: number): RoleCall[] {
  const keyOf = ({ role, action, resource }: RoleCall) => `${role} ${action} ${resource}`;
  const sorted = calls.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const groups = Object.values(
    Object.groupBy(sorted, ({ role, action }) => `${role} ${action}`),
  ).map((group = []) => group);
  const deepest = Math.max(0, ...groups.map(({ length }) => length));
  const inTurn = Array.from({ length: deepest }, (_, index) =>
    groups.flatMap((group) => group[index] ?? []),
  );
  return inTurn.flat().slice(0, size);
}

/** The calls that the engine allowed and a second evaluator denies. */
export async function disagreements(
  stack: IamStack,
  calls: readonly RoleCall[],
): Promise<RoleCall[]> {
  const denied: RoleCall[] = [];
  for (const { role, ...call } of calls) {
    const policies = { identity: stack.identityPolicy(role) };
    if (!(await isAllowed(sessionOf(role), call, policies))) denied.push({ role, ...call });
  }
  return denied;
}

const sameGrant = (listed: ListedGrant, owner: string, grant: Grant): boolean =>
  listed.owner === owner &&
  listed.sid === grant.sid &&
  listed.action === grant.action &&
  listed.resource === grant.resource &&
  listed.condition === grant.condition;

const describeGrant = (owner: string, { sid, action, resource, condition }: Grant): string =>
  `${owner}, ${sid}: ${condition ?? `${action} on ${resource}`}`;

/**
 * The grants of the functions' roles that neither the calls nor AWS itself need, and the listed ones that are needed.
 * `calls` are those of `callsOfStack`.
 */
export async function unusedGrants(
  stack: IamStack,
  calls: readonly RoleCall[],
  listed: readonly ListedGrant[],
): Promise<string[]> {
  const all = [...calls, ...serviceCalls(stack)];
  const problems: string[] = [];
  for (const [role] of stack.ofType('AWS::IAM::Role')) {
    const own = all
      .filter((call) => call.role === role)
      .map((call) => ({ ...call, principal: sessionOf(role) }));
    const unneeded = await unneededGrants(stack.identityPolicy(role), own, (identity) => ({
      identity,
    }));
    const isListed = (grant: Grant) => listed.some((one) => sameGrant(one, role, grant));
    const isUnneeded = (one: ListedGrant) => unneeded.some((grant) => sameGrant(one, role, grant));
    problems.push(
      ...unneeded
        .filter((grant) => !isListed(grant))
        .map((grant) => `${describeGrant(role, grant)} is granted, and no call needs it`),
      ...listed
        .filter((one) => one.owner === role && !isUnneeded(one))
        .map((one) => `${describeGrant(role, one)} is listed as unused, and a call needs it`),
    );
  }
  return problems;
}
