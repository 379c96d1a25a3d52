import type { BusEvent } from '../../request/parse.ts';
import type { Mapping } from '../definition.ts';
import type { Evaluate, Scope } from '../expression/evaluator.ts';
import { fillTemplate, requireKey } from './fields.ts';
import { type ExecutionState, isFinished, resultOf } from './state.ts';

/** The delivery's URN, by which a webhook's event is known however often it is sent; else the event's own id. */
export function defaultKey({ resources, id }: BusEvent): string {
  const [first]: readonly unknown[] = Array.isArray(resources) ? resources : [];
  return typeof first === 'string' && first.startsWith('urn:webhook:') ? first : id;
}

/** The scope of the first step: the event's key, and the constants of the mapping. */
export async function startOf(
  { mapping, event }: { readonly mapping: Mapping; readonly event: BusEvent },
  evaluate: Evaluate,
): Promise<Required<Scope>> {
  const base = { mapping: mapping.name, event, variables: {} };
  const key = mapping.key
    ? requireKey(await evaluate(mapping.key, base), 'key')
    : defaultKey(event);
  let scope = { ...base, key };
  for (const { name, value } of mapping.let) {
    const before = scope;
    const filled = await fillTemplate(value, (expression) => evaluate(expression, before));
    scope = { ...scope, variables: { ...scope.variables, [name]: filled } };
  }
  return scope;
}

/** The scope of the next step: what the steps before have given, besides. */
export function scopeAfter<Start extends Scope>(
  start: Start,
  { steps }: Mapping,
  done: ExecutionState,
): Start {
  const results = steps.flatMap(({ as, name }) => {
    const state = done.get(name);
    return as !== undefined && state && isFinished(state) ? [[as, resultOf(state)]] : [];
  });
  return { ...start, variables: { ...start.variables, ...Object.fromEntries(results) } };
}
