import { parseExact } from '../../../../functions/common/json.ts';
import {
  createEvaluator,
  type Evaluate,
  type Scope,
} from '../../../../functions/salesforce-apicall/mapping/expression/evaluator.ts';

/** For expressions that must not be cut, however busy the machine is. */
const PATIENT_MS = 20_000;
const evaluators = { patient: createEvaluator(PATIENT_MS), standard: createEvaluator() };

/** The expressions of a new batch. */
export const startBatch = async (kind: keyof typeof evaluators = 'patient'): Promise<Evaluate> =>
  (await evaluators[kind])();

/** A scope with this event, given as JSON text or as a value. */
export const scopeOf = (event: unknown, rest: Partial<Scope> = {}): Scope => ({
  mapping: 'orders',
  event: Object(typeof event === 'string' ? parseExact(event) : event),
  variables: {},
  key: 'event-1',
  ...rest,
});

/** What an expression gives for an event. */
export const run = async (source: string, event: unknown = {}, rest: Partial<Scope> = {}) =>
  (await startBatch())({ source, place: 'fields.Name' }, scopeOf(event, rest));
