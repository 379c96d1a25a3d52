import { resolvedSet, resourcesOf } from './sets.ts';
import {
  fields,
  list,
  type Resource,
  type Statement,
  statementsOf,
  toStatement,
} from './template.ts';

/** A request to authorize. `context` holds the condition keys that AWS sets. */
export interface AuthorizationRequest {
  readonly action: string;
  readonly resource: string;
  /** The calling service. If absent, the principal that the policy is attached to. */
  readonly service?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** IAM's wildcards: `*` any text, `?` any character. */
function like(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
}

const operators: Readonly<Record<string, (pattern: string, text: string) => boolean>> = {
  StringEquals: (pattern, text) => pattern === text,
  ArnEquals: like,
  ArnLike: like,
  Bool: (pattern, text) => pattern === text,
};

/** All operators and keys must match, each key by one of its values. A key that is not in the context does not match. */
function holds(
  condition: Statement['Condition'],
  context: AuthorizationRequest['context'] = {},
): boolean {
  return Object.entries(condition).every(([name, keys]) =>
    Object.entries(fields(keys)).every(([key, patterns]) => {
      const operator = operators[name];
      if (operator === undefined)
        throw new Error(`The condition operator ${name} is not supported by this test`);
      const text = context[key];
      return text !== undefined && list(patterns).some((one) => operator(String(one), text));
    }),
  );
}

const isFor = ({ Principal }: Statement, service: string | undefined): boolean =>
  service === undefined || list(Principal['Service']).includes(service);

const matches = (
  statement: Statement,
  { action, resource, service, context }: AuthorizationRequest,
): boolean =>
  isFor(statement, service) &&
  statement.Action.some((pattern) => like(String(pattern), action)) &&
  statement.Resource.some((pattern) => like(String(pattern), resource)) &&
  holds(statement.Condition, context);

/** IAM's evaluation: at least one statement allows the request and none denies it. */
export const permits = (statements: readonly Statement[], wish: AuthorizationRequest): boolean =>
  statements.some((one) => one.Effect === 'Allow' && matches(one, wish)) &&
  !statements.some((one) => one.Effect === 'Deny' && matches(one, wish));

/** `${Queue.Arn}` or `${Queue}` → `Queue`. */
export const idIn = (reference: unknown): string =>
  /^\$\{(\w+)(?:\.\w+)?\}$/.exec(String(reference))?.[1] ?? String(reference);

export function inSet(set: string, id: unknown): Resource {
  const found = resolvedSet(set).Resources[idIn(id)];
  if (found === undefined) throw new Error(`${set} has no ${id}`);
  return found;
}

/** The statements of a queue's policy. */
export const queuePolicy = (set: string, queue: string): Statement[] =>
  resourcesOf(set, 'AWS::SQS::QueuePolicy')
    .filter(([, { Properties }]) => list(Properties['Queues']).map(idIn).includes(queue))
    .flatMap(([, { Properties }]) => list(fields(Properties['PolicyDocument'])['Statement']))
    .map(toStatement);

/** The statements of the role of a function, a schedule or a rule's target. */
export const roleOf = (set: string, role: unknown): Statement[] => statementsOf(inSet(set, role));
