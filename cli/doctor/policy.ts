import * as z from 'zod';

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const statement = z.object({
  Sid: z.string().default(''),
  Effect: z.string(),
  Principal: z.union([z.literal('*'), z.record(z.string(), texts)]).default({}),
  Action: texts.default([]),
  Condition: z.record(z.string(), z.record(z.string(), texts)).default({}),
});

export type Statement = z.infer<typeof statement>;

const policy = z.object({ Statement: z.union([statement, z.array(statement)]) });

/**
 * Parses a resource policy, or a list of statements.
 *
 * @throws ZodError or SyntaxError
 */
export function parsePolicy(json: string): Statement[] {
  const value: unknown = JSON.parse(json);
  if (Array.isArray(value)) return z.array(statement).parse(value);
  return [policy.parse(value).Statement].flat();
}

/** Matches as IAM does: `*` and `?` are wildcards, case is ignored. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(text);
}

/** An account id in a policy means the account's root user. */
const rootOf = (principal: string): string =>
  /^\d{12}$/.test(principal) ? `:iam::${principal}:root` : principal.replace(/^arn:[^:]+/, '');

function hasPrincipals({ Principal }: Statement, needed: Statement): boolean {
  if (Principal === '*') return true;
  if (needed.Principal === '*') return false;
  return Object.entries(needed.Principal).every(([kind, names]) => {
    const own = (Principal[kind] ?? []).map(rootOf);
    return names.map(rootOf).every((name) => own.includes(name) || own.includes('*'));
  });
}

/** Whether every request that satisfies the conditions of `needed` satisfies the statement's too. */
const hasWeakerConditions = ({ Condition }: Statement, needed: Statement): boolean =>
  Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const wanted = needed.Condition[operator]?.[key];
      return wanted?.every(
        (value) => values.includes(value) || values.some((one) => matchesWildcard(one, value)),
      );
    }),
  );

/** Whether a statement allows at least what `needed` does, as far as the policy alone shows. */
const covers = (given: Statement, needed: Statement): boolean =>
  given.Effect === 'Allow' &&
  hasPrincipals(given, needed) &&
  needed.Action.every((action) =>
    given.Action.some((pattern) => matchesWildcard(pattern, action)),
  ) &&
  hasWeakerConditions(given, needed);

/** The needed statements that no single statement of the policy covers. */
export const missingFrom = (
  policyStatements: readonly Statement[],
  needed: readonly Statement[],
): Statement[] => needed.filter((one) => !policyStatements.some((given) => covers(given, one)));

export const denials = (policyStatements: readonly Statement[]): Statement[] =>
  policyStatements.filter(({ Effect }) => Effect === 'Deny');
