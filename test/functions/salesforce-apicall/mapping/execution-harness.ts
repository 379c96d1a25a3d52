import type {
  Expression,
  Mapping,
  Step,
  Value,
} from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import type {
  Evaluate,
  Scope,
} from '../../../../functions/salesforce-apicall/mapping/expression/evaluator.ts';
import type { BusEvent } from '../../../../functions/salesforce-apicall/request/parse.ts';

/** An expression that is a function: the tests of execution need no JSONata. */
type Compute = (scope: Scope & { readonly event: BusEvent }) => unknown;

const computes = new Map<string, Compute>();

export function expression(compute: Compute, place = 'fields.X'): Expression {
  const source = `compute ${computes.size}`;
  computes.set(source, compute);
  return { source, place };
}

export const constant = (value: unknown): Value => ({ constant: value });

export const evaluate: Evaluate = async ({ source }, scope) =>
  computes.get(source)?.({ ...scope, event: Object(scope.event) });

export const mappingOf = (steps: readonly Step[], others: Partial<Mapping> = {}): Mapping => ({
  name: 'example',
  description: 'An example',
  priority: 'normal',
  on: { source: ['shop'], 'detail-type': ['Order Placed'] },
  let: [],
  steps,
  ...others,
});

export const busEvent = (id: string, detail: unknown = {}, resources: string[] = []): BusEvent => ({
  id,
  source: 'shop',
  'detail-type': 'Order Placed',
  resources,
  detail,
});
