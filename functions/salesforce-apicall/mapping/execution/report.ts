import type { RequestResult } from '../../result.ts';
import type { Mapping, Step } from '../definition.ts';
import { type ExecutionState, resultOf, type StepState } from './state.ts';

/** What a mapping did for an event, as its log line tells it: names of the mapping, and ids of records. Nothing of the event. */
export interface ExecutionReport {
  readonly mapping: string;
  /** `upsert Account 001… (created), find Contact: none, create Case failed`. Absent: no step is finished, and none has failed. */
  readonly steps?: string;
  /** Of the last of the steps that wrote one record, if its id is known. */
  readonly object?: string;
  readonly recordId?: string;
}

/** A step as its file writes it, without what depends on the event: `create Case`, `call POST composite`. */
export function describeStep(step: Step): string {
  if (step.verb !== 'call') return `${step.verb} ${step.object}`;
  const { action, resource, object } = step.request;
  const words = [action, resource, object].flatMap((value) =>
    value !== undefined && 'constant' in value ? [String(value.constant)] : [],
  );
  return ['call', ...words].join(' ');
}

const countOf = (records: number): string => `${records} ${records === 1 ? 'record' : 'records'}`;

function idIn(result: unknown): string | undefined {
  const { Id } = Object(result);
  return typeof Id === 'string' ? Id : undefined;
}

/** What a step gave: the id of its record, or how many there are. */
function describeState(step: Step, state: StepState): string {
  const words = describeStep(step);
  if (state.kind === 'skipped') return `${words} skipped`;
  if (state.kind === 'items') return `${words}: ${countOf(state.items.length)}`;
  const result = resultOf(state);
  if (Array.isArray(result)) return `${words}: ${countOf(result.length)}`;
  if (result === null) return `${words}: none`;
  const isNew = step.verb === 'upsert' && Object(result).created === true;
  return [words, idIn(result), isNew ? '(created)' : undefined].filter(Boolean).join(' ');
}

/** The step that a result is about, if it is a failure's. */
const failedStep = (result: RequestResult | undefined): string | undefined =>
  result !== undefined && 'outcome' in result && result.outcome.kind === 'failure'
    ? result.outcome.mapping?.step
    : undefined;

/** Tells what an execution has done so far. */
export function reportOf(
  { name: mapping, steps }: Mapping,
  done: ExecutionState,
  result: RequestResult | undefined,
): ExecutionReport {
  const failed = failedStep(result);
  const told = steps.flatMap((step) => {
    const state = done.get(step.name);
    const words = state === undefined ? describeStep(step) : describeState(step, state);
    if (step.name === failed) return [`${words} failed`];
    return state === undefined ? [] : [words];
  });
  const records = steps.flatMap((step) => {
    const state = done.get(step.name);
    const recordId = state?.kind === 'written' ? state.result.Id : null;
    return step.verb === 'call' || recordId === null ? [] : [{ object: step.object, recordId }];
  });
  return { mapping, ...(told.length > 0 && { steps: told.join(', ') }), ...records.at(-1) };
}
