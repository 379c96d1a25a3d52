import { describe, expect, it } from 'vitest';
import { localParameters } from '../../local/stack/parameters.ts';
import { parameters as testParameters } from '../end-to-end/parameters.ts';
import { setNames } from '../template/sets.ts';
import { resolveStack } from '../template/stack.ts';
import { type Grant, unneededGrants } from './grants.ts';
import { listedGrants } from './listed-grants.ts';
import { callsOnKey, deliveries, identityOf } from './resource-calls.ts';
import { keyCalls, serviceCalls } from './service-calls.ts';
import { sessionOf } from './simulate.ts';
import { arnOf, type IamStack, iamSet, iamStack } from './stack.ts';

const functionRoles = (stack: IamStack): Set<string> =>
  new Set(
    stack
      .ofType('AWS::Lambda::Function')
      .map(([, { Properties }]) => stack.find(Properties['Role'])[0]),
  );

/** A grant without the names that parameters change. */
const labelOf = (owner: string, { sid, action, condition }: Grant): string =>
  [owner, sid, action ?? condition].join(' ');

const withOwner = (owner: string, grants: readonly Grant[]) =>
  grants.map((grant) => ({ owner, ...grant }));

/** The grants of the roles that AWS's own calls don't need. */
async function unneededByAws(stack: IamStack) {
  const ofFunctions = functionRoles(stack);
  const unneeded = [];
  for (const [role] of stack.ofType('AWS::IAM::Role')) {
    const calls = serviceCalls(stack).filter((call) => call.role === role);
    if (stack.key && ofFunctions.has(role)) calls.push(...keyCalls(stack, role, stack.key.arn));
    const own = calls.map((call) => ({ ...call, principal: sessionOf(role) }));
    const grants = await unneededGrants(stack.identityPolicy(role), own, (identity) => ({
      identity,
    }));
    unneeded.push(...withOwner(role, grants));
  }
  return unneeded;
}

const deployed = iamStack(
  resolveStack(
    await localParameters({
      salesforceUrl: 'http://127.0.0.1:1',
      secrets: { github: 'github', twilio: 'twilio' },
      connectionSecret: {
        arn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:c-AbCdEf',
        versionId: 'v',
      },
      overrides: testParameters,
    }),
  ),
);

/** What the functions' own calls have to need. The end-to-end tests check that they do (test/end-to-end/access.ts). */
const leftToTests = new Set(
  (await unneededByAws(deployed))
    .filter(({ owner }) => functionRoles(deployed).has(owner))
    .map(({ owner, ...grant }) => labelOf(owner, grant)),
);

describe.each(setNames)('every grant of %s', (set) => {
  const stack = iamSet(set);
  const listed = (owner: string): Grant[] =>
    listedGrants
      .filter((one) => one.owner === owner && one.unusedIn.includes(set))
      .map(({ sid, action, resource, condition }) => ({
        sid,
        ...(action === undefined ? {} : { action }),
        ...(resource === undefined ? {} : { resource }),
        ...(condition === undefined ? {} : { condition }),
      }));

  it('of its roles is needed by AWS, or by the functions in the end-to-end tests', async () => {
    const unneeded = (await unneededByAws(stack)).map(({ owner, ...grant }) =>
      labelOf(owner, grant),
    );
    expect(unneeded.filter((label) => !leftToTests.has(label))).toEqual([]);
  });

  it('of its queues to EventBridge is needed, or listed with its reason', async () => {
    for (const [queue, resource] of stack.ofType('AWS::SQS::Queue')) {
      const calls = deliveries(stack).filter((call) => call.resource === arnOf(queue, resource));
      const unneeded = await unneededGrants(stack.resourcePolicy(queue), calls, (remaining) => ({
        resource: remaining,
      }));
      expect([queue, unneeded]).toEqual([queue, listed(queue)]);
    }
  });
});

describe.each(setNames.filter((set) => iamSet(set).key !== undefined))('%s', (set) => {
  it('has a key that grants nothing without need; only the deployer needs CreateGrant, for the table', async () => {
    const stack = iamSet(set);
    const unneeded = await unneededGrants(
      stack.key?.policy ?? [],
      callsOnKey(stack),
      (resource, { principal }) => ({ resource, identity: identityOf(stack, principal) }),
    );
    expect(unneeded).toEqual(
      'EncryptionKey' in stack.resources
        ? []
        : [{ sid: 'RolesOfTheAccount', action: 'kms:CreateGrant', resource: '*' }],
    );
  });
});

describe('a listed grant', () => {
  const named = listedGrants.filter(
    ({ unusedIn, usedWith }) => setNames.includes(usedWith) && !unusedIn.includes('end-to-end'),
  );
  it.each(named)(
    '$sid of $owner is needed with the parameters that it names',
    async ({ owner, usedWith, condition }) => {
      const stack = iamSet(usedWith);
      const calls = deliveries(stack).filter(({ resource }) => resource.endsWith(`:${owner}`));
      const unneeded = await unneededGrants(stack.resourcePolicy(owner), calls, (resource) => ({
        resource,
      }));
      expect(unneeded.map((grant) => grant.condition)).not.toContain(condition);
    },
  );
});
