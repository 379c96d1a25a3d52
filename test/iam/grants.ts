import { type Call, isAllowed, type Policies, type Principal, type Statement } from './simulate.ts';

/** A call and who makes it, to a resource with or without a policy. */
export interface PrincipalCall extends Call {
  readonly principal: Principal;
}

/** The smallest part of a statement that can be taken away: an action on a resource, or a value of a condition. */
export interface Grant {
  readonly sid: string;
  readonly action?: string;
  readonly resource?: string;
  readonly condition?: string;
}

interface Reduced {
  readonly grant: Grant;
  /** The statements without the grant. */
  readonly remaining: readonly Statement[];
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value ?? '*']).map(String);

/** One statement for each action and resource. */
const pairsOf = (statement: Statement): Statement[] =>
  texts(statement.Action).flatMap((Action) =>
    texts(statement.Resource).map((Resource) => ({ ...statement, Action, Resource })),
  );

/** The statement without one of a condition's values, for each condition that has several. */
const fewerValues = (statement: Statement): { condition: string; reduced: Statement }[] =>
  Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, value]) => {
      const values = texts(value);
      if (values.length < 2) return [];
      return values.map((gone) => {
        const rest = values.filter((one) => one !== gone);
        const Condition = { ...statement.Condition, [operator]: { ...keys, [key]: rest } };
        return { condition: `${key} ${gone}`, reduced: { ...statement, Condition } };
      });
    }),
  );

/** Each way to take one grant away from the statements. Statements that deny grant nothing. */
export function reductions(statements: readonly Statement[]): Reduced[] {
  return statements.flatMap((statement) => {
    if (statement.Effect !== 'Allow') return [];
    const others = statements.filter((one) => one !== statement);
    const sid = statement.Sid ?? '';
    const pairs = pairsOf(statement);
    return [
      ...pairs.map((gone) => ({
        grant: { sid, action: String(gone.Action), resource: String(gone.Resource) },
        remaining: [...others, ...pairs.filter((one) => one !== gone)],
      })),
      ...fewerValues(statement).map(({ condition, reduced }) => ({
        grant: { sid, condition },
        remaining: [...others, reduced],
      })),
    ];
  });
}

/** Whether a grant may concern a call, so that only such calls are evaluated without it. */
export const isAbout = (grant: Grant, { action }: Call): boolean => {
  const pattern = grant.action ?? '*';
  return pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern;
};

type PoliciesOf = (statements: readonly Statement[], call: PrincipalCall) => Policies;

/** Whether one of the calls, at least, is denied by what remains. */
async function isNeeded(
  { grant, remaining }: Reduced,
  calls: readonly PrincipalCall[],
  policiesOf: PoliciesOf,
): Promise<boolean> {
  for (const call of calls.filter((one) => isAbout(grant, one)))
    if (!(await isAllowed(call.principal, call, policiesOf(remaining, call)))) return true;
  return false;
}

/**
 * The grants without which every one of the calls is still allowed: nobody uses them, or another statement grants the
 * same. `policiesOf` adds the policies that decide beside the statements.
 */
export async function unneededGrants(
  statements: readonly Statement[],
  calls: readonly PrincipalCall[],
  policiesOf: PoliciesOf,
): Promise<Grant[]> {
  const unneeded: Grant[] = [];
  for (const reduced of reductions(statements))
    if (!(await isNeeded(reduced, calls, policiesOf))) unneeded.push(reduced.grant);
  return unneeded;
}
