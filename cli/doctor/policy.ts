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

/** The statements of a resource's policy, or of a list of statements. @throws ZodError, SyntaxError */
export function parsePolicy(json: string): Statement[] {
  const value: unknown = JSON.parse(json);
  if (Array.isArray(value)) return z.array(statement).parse(value);
  return [policy.parse(value).Statement].flat();
}

/** IAM's wildcards. */
export function like(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(text);
}

/** An account's number stands for its root. */
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

/** Whatever the statement asks of a request, the requests of `needed` have. */
const asksNoMore = ({ Condition }: Statement, needed: Statement): boolean =>
  Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const wanted = needed.Condition[operator]?.[key];
      return wanted?.every((value) => values.some((one) => like(one, value) || one === value));
    }),
  );

/** Whether a statement allows at least what `needed` does, as far as it can be told without asking IAM. */
const covers = (given: Statement, needed: Statement): boolean =>
  given.Effect === 'Allow' &&
  hasPrincipals(given, needed) &&
  needed.Action.every((action) => given.Action.some((pattern) => like(pattern, action))) &&
  asksNoMore(given, needed);

/** The needed statements that no statement of the policy covers. */
export const missingFrom = (
  policyStatements: readonly Statement[],
  needed: readonly Statement[],
): Statement[] => needed.filter((one) => !policyStatements.some((given) => covers(given, one)));

export const denials = (policyStatements: readonly Statement[]): Statement[] =>
  policyStatements.filter(({ Effect }) => Effect === 'Deny');
