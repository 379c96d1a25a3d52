import { parseExact } from '../../../../functions/common/json.ts';
import { EvaluationTime } from '../../../../functions/salesforce-apicall/mapping/expression/evaluation-time.ts';
import {
  createEvaluator,
  type Evaluate,
  type Scope,
} from '../../../../functions/salesforce-apicall/mapping/expression/evaluator.ts';
import { toInput } from '../../../../functions/salesforce-apicall/mapping/expression/values.ts';

const evaluator: Promise<Evaluate> = createEvaluator();

export const evaluate: Evaluate = async (expression, scope) => (await evaluator)(expression, scope);

/** A scope with this event, given as JSON text or as a value. */
export const scopeOf = (event: unknown, rest: Partial<Scope> = {}): Scope => ({
  mapping: 'orders',
  event: toInput(typeof event === 'string' ? parseExact(event) : event),
  variables: {},
  key: 'event-1',
  time: new EvaluationTime(),
  ...rest,
});

/** What an expression gives for an event. */
export const run = (source: string, event: unknown = {}, rest: Partial<Scope> = {}) =>
  evaluate({ source, place: 'fields.Name' }, scopeOf(event, rest));
