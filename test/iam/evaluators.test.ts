import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { engineVenv, venvBin } from '../../local/stack/python.ts';
import { isAbout, type PrincipalCall, reductions } from './grants.ts';
import { callsOnKey, deliveries, identityOf } from './resource-calls.ts';
import { serviceCalls } from './service-calls.ts';
import { isAllowed, type Policies, type Statement, sessionOf } from './simulate.ts';
import { type IamStack, iamSet } from './stack.ts';

interface Case {
  readonly call: PrincipalCall;
  readonly policies: Policies;
}

/** A call with the statements as they are, and with each grant taken away. */
const variants = (
  call: PrincipalCall,
  statements: readonly Statement[],
  toPolicies: (statements: readonly Statement[]) => Policies,
): Case[] =>
  [
    { remaining: statements },
    ...reductions(statements).filter(({ grant }) => isAbout(grant, call)),
  ].map(({ remaining }) => ({ call, policies: toPolicies(remaining) }));

function casesOf(stack: IamStack): Case[] {
  const ofRoles = serviceCalls(stack).flatMap(({ role, ...call }) =>
    variants({ principal: sessionOf(role), ...call }, stack.identityPolicy(role), (identity) => ({
      identity,
    })),
  );
  const onQueues = deliveries(stack).flatMap((call) =>
    variants(call, stack.resourcePolicy(stack.find(call.resource)[0]), (resource) => ({
      resource,
    })),
  );
  const onKey = callsOnKey(stack).flatMap((call) =>
    variants(call, stack.key?.policy ?? [], (resource) => ({
      resource,
      identity: identityOf(stack, call.principal),
    })),
  );
  return [...ofRoles, ...onQueues, ...onKey];
}

/** What the local engine's evaluation decides. */
function decidedByEngine(cases: readonly Case[]): boolean[] {
  const lines = cases.map(({ call: { principal, action, resource, context = {} }, policies }) =>
    JSON.stringify({
      principal,
      action,
      resource,
      context,
      identity: policies.identity ?? [],
      policy: policies.resource ?? null,
    }),
  );
  const script = join(root, 'test/iam/engine_evaluator.py');
  const printed = execFileSync(venvBin(engineVenv, 'python'), [script], {
    input: lines.join('\n'),
    encoding: 'utf8',
  });
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe("the local engine's evaluation of IAM and the simulator's", () => {
  it('decide the same, with all grants of the template and with each one taken away', async () => {
    const cases = casesOf(iamSet('everything with the key of the stack'));
    const byEngine = decidedByEngine(cases);
    const differing = [];
    for (const [index, { call, policies }] of cases.entries()) {
      const bySimulator = await isAllowed(call.principal, call, policies);
      if (bySimulator !== byEngine[index]) differing.push({ ...call, bySimulator });
    }
    expect(differing).toEqual([]);
    const allowed = byEngine.filter(Boolean).length;
    expect(allowed).toBeGreaterThan(100);
    expect(cases.length - allowed).toBeGreaterThan(50);
  });
});
