import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { pseudo } from '../../local/template/resolve.ts';

/** A call to authorize. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /** The condition keys that AWS sets. `aws:SecureTransport` is true where it is not given. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Who makes a call: the ARN of a principal, or a service (`events.amazonaws.com`). */
export type Principal = string;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The policies that decide about a call. */
export interface Policies {
  /** Statements of the principal's own policies. A service has none. */
  readonly identity?: readonly Statement[];
  /** Statements of the resource's policy, where it has one. */
  readonly resource?: readonly Statement[];
}

export const account = pseudo['AWS::AccountId'] ?? '';
export const region = pseudo['AWS::Region'] ?? '';

/** The session with which AWS or a function acts as a role of this account. */
export const sessionOf = (role: string): Principal =>
  `arn:aws:sts::${account}:assumed-role/${role}/session`;

const CONTEXT = 'kms:EncryptionContext:';

/**
 * IAM has a condition key for each name in an encryption context ("kms:EncryptionContext:context-key"), the simulator one
 * for all names. So the name becomes part of the value, in policies and in calls.
 */
function named(key: string, value: unknown): [string, string[]] {
  const values = [value].flat().map(String);
  if (!key.startsWith(CONTEXT)) return [key, values];
  const name = key.slice(CONTEXT.length);
  return [`${CONTEXT}\${EncryptionContextKey}`, values.map((one) => `${name}=${one}`)];
}

const namedKeys = (keys: object) =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => named(key, value)));

const policy = (statements: readonly Statement[]) => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => {
    const operators = Object.entries(statement.Condition ?? {});
    const Condition = Object.fromEntries(operators.map(([name, keys]) => [name, namedKeys(keys)]));
    return { ...statement, ...(operators.length > 0 ? { Condition } : {}) };
  }),
});

/**
 * What IAM decides about a call, by an evaluator other than the local engine's. It also checks that the action exists,
 * that it has this type of resource, and that IAM sets these condition keys for it.
 *
 * @throws Error if the call or a policy is not valid.
 */
export async function isAllowed(
  principal: Principal,
  { action, resource, context = {} }: Call,
  { identity = [], resource: resourcePolicy }: Policies,
): Promise<boolean> {
  const simulation: Simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: resource.split(':')[4] || account },
      contextVariables: namedKeys({ 'aws:SecureTransport': 'true', ...context }),
    },
    identityPolicies: identity.length > 0 ? [{ name: 'identity', policy: policy(identity) }] : [],
    ...(resourcePolicy === undefined ? {} : { resourcePolicy: policy(resourcePolicy) }),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const result = await runSimulation(simulation, {});
  const name = `${action} on ${resource}`;
  if (result.resultType !== 'single')
    throw new Error(`${name} can't be evaluated: ${JSON.stringify(result)}`);
  const ignored = result.result.ignoredContextKeys ?? [];
  if (ignored.length > 0) throw new Error(`IAM sets no ${ignored.join(', ')} for ${name}`);
  return result.overallResult === 'Allowed';
}
