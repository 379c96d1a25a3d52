import type { NotMade } from '#common/idempotency-record.ts';
import type { Success } from '../../outcome/failure-class.ts';
import type { BusEvent } from '../../request/parse.ts';
import type { RequestResult } from '../../result.ts';
import type { FindStep, Mapping, Step, WriteStep } from '../definition.ts';
import type { Evaluate, Scope } from '../expression/evaluator.ts';
import type { FindRequest, WriteRequest } from '../ports.ts';
import { atPlace, manyFound, noneFound, placeOf, resultOfError } from './failures.ts';
import { alternativesOf, type Evaluator, isSkipped } from './fields.ts';
import { type RecordedState, recordIdOf } from './records.ts';
import { type ExecutionReport, reportOf } from './report.ts';
import { isSingle, replyDataOf, succeeded } from './results.ts';
import { scopeAfter, startOf } from './scope.ts';
import { isFinished, type Row, type StepState, type WriteResult } from './state.ts';
import { type PendingWrite, resolveWrites } from './write.ts';
import { Writing } from './writing.ts';

/** What an execution needs next: the rows of a find, the results of writes, or nothing more. */
export type Need =
  | ({ readonly kind: 'find' } & FindRequest)
  | { readonly kind: 'write'; readonly writes: readonly WriteRequest[] }
  | { readonly kind: 'finished'; readonly result: RequestResult };

export interface ExecutionInput {
  readonly mapping: Mapping;
  readonly event: BusEvent;
  /** Whether the event may have been handled before, completely or in part. */
  readonly isRedelivered: boolean;
  /** As in the attribute `Redrive`. */
  readonly callSize?: number | undefined;
  /** As in the attribute `Redrive`. */
  readonly notMade?: NotMade | undefined;
}

/**
 * One event and one mapping, step by step: what it needs next, and what it makes of what it gets. It calls nothing but
 * `evaluate`, and remembers what each finished step gave, from which a retry goes on.
 */
export class MappingExecution {
  readonly input: ExecutionInput;
  readonly #mapping: Mapping;
  readonly recordId: string;
  readonly #steps = new Map<string, StepState>();
  #version = 0;
  /** Whether it knows something that its record doesn't. */
  #isUnsaved = false;
  #start: Required<Scope> | undefined;
  /** What it waits for. */
  #need: Need | undefined;
  #writing: Writing | undefined;
  /** The last write's outcome: the whole result of a mapping of one step. */
  #outcome: Success | undefined;
  #result: RequestResult | undefined;

  constructor(input: ExecutionInput) {
    this.input = input;
    const { event, mapping } = input;
    this.#mapping = mapping;
    this.recordId = recordIdOf(event.source, event.id, mapping.name);
  }

  /** One step that takes effect once by itself, or whose items have idempotency records, needs no record. */
  get hasRecord(): boolean {
    return this.#mapping.steps.length > 1;
  }

  get result(): RequestResult | undefined {
    return this.#result;
  }

  /** What it has done so far. */
  get report(): ExecutionReport {
    return reportOf(this.#mapping, this.#steps, this.#result);
  }

  /** The index of the step that it stands at; the number of steps when all are finished. */
  get position(): number {
    const { steps } = this.#mapping;
    const index = steps.findIndex(({ name }) => !isFinished(this.#steps.get(name)));
    return index < 0 ? steps.length : index;
  }

  /** Goes on from what an earlier invocation has recorded. */
  resume({ state, version }: RecordedState): void {
    for (const [name, step] of state) this.#steps.set(name, step);
    this.#version = version;
  }

  /** What is to be recorded before anything else is written; `undefined`: the record has it all. */
  get unsaved(): RecordedState | undefined {
    if (!(this.#isUnsaved && this.hasRecord)) return undefined;
    return { state: this.#steps, version: this.#version };
  }

  saved(): void {
    this.#version += 1;
    this.#isUnsaved = false;
  }

  /** Ends it with a result that is not about a step. */
  end(result: RequestResult): void {
    this.#result ??= result;
  }

  /** Evaluates up to the next step that needs something. The same again until it gets it. Never rejects. */
  async next(evaluate: Evaluate): Promise<Need> {
    while (this.#result === undefined) {
      if (this.#need !== undefined) return this.#need;
      const step = this.#mapping.steps[this.position];
      const isStopped = [...this.#steps.values()].some(({ kind }) => kind === 'stopped');
      if (step === undefined || isStopped) {
        const body = replyDataOf(this.#mapping, this.#steps, this.#outcome);
        this.#result = succeeded(body, this.#outcome?.status);
        break;
      }
      this.#need = await this.#begin(step, evaluate).catch((error: unknown) => {
        this.#result = resultOfError(error, this.#mapping.name, step);
        return undefined;
      });
    }
    return { kind: 'finished', result: this.#result };
  }

  /** Takes the rows of the find that it stands at. */
  found(step: FindStep, rows: readonly Row[]): void {
    const { many, none, name } = step;
    const [first, second] = rows;
    this.#need = undefined;
    if (first === undefined && none === 'stop') this.#finish(name, { kind: 'stopped' });
    else if (first === undefined && none !== 'continue') this.notFound(step, noneFound(step));
    else if (many === 'all') this.#finish(name, { kind: 'found', found: [...rows] });
    else if (many === 'fail' && second !== undefined) this.notFound(step, manyFound(step));
    else this.#finish(name, { kind: 'found', found: first ?? null });
  }

  /** Takes why there are no rows. */
  notFound({ name }: FindStep, result: RequestResult): void {
    this.#result = atPlace(result, this.#mapping.name, { step: name });
  }

  /** Whether it waits for results of writes. */
  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** Whether all steps are finished. */
  get isDone(): boolean {
    return this.#result === undefined && this.position === this.#mapping.steps.length;
  }

  /** Takes the result of one of the writes that `next` returned, each once; whether it was the last one. */
  wrote(write: WriteRequest, result: RequestResult): boolean {
    if (this.#writing?.take(write, result) !== true) return false;
    this.endWriting();
    return true;
  }

  /** Ends the step that it writes: what has no result was not started. */
  endWriting(): void {
    if (this.#writing === undefined) return;
    const { step } = this.#writing;
    const { done, order, outcome, failed } = this.#writing.end();
    this.#writing = undefined;
    this.#need = undefined;
    this.#outcome = outcome ?? this.#outcome;
    this.#keepWritten(step, done, order);
    if (failed !== undefined)
      this.#result = atPlace(failed.result, this.#mapping.name, placeOf(step, failed.key));
  }

  /** Forgets the response that its result holds, once the result is handed on. */
  release(): void {
    this.#outcome = undefined;
    this.#result = succeeded(undefined);
  }

  #keepWritten(
    step: WriteStep,
    done: readonly (readonly [string, WriteResult])[],
    order: readonly (string | null)[] | undefined,
  ): void {
    const [first] = done;
    if (step.each === undefined) {
      if (first !== undefined) this.#finish(step.name, { kind: 'written', result: first[1] });
      return;
    }
    const items = [...this.#writtenItems(step), ...done];
    if (done.length > 0 || order !== undefined)
      this.#finish(step.name, { kind: 'items', items, ...(order && { order }) });
  }

  #finish(name: string, state: StepState): void {
    this.#steps.set(name, state);
    if (state.kind !== 'skipped') this.#isUnsaved = true;
  }

  /** Evaluates a step; `undefined`: it needed nothing. */
  async #begin(step: Step, evaluate: Evaluate): Promise<Need | undefined> {
    this.#start ??= await startOf(this.input, evaluate);
    const scope = scopeAfter(this.#start, this.#mapping, this.#steps);
    if (step.verb === 'find')
      return this.#beginFind(step, (expression) => evaluate(expression, scope));
    return this.#beginWrite(step, scope, evaluate);
  }

  async #beginFind(step: FindStep, evaluate: Evaluator): Promise<Need | undefined> {
    if (await isSkipped(step, evaluate)) {
      this.#finish(step.name, { kind: 'skipped' });
      return undefined;
    }
    const alternatives = await alternativesOf(step.where, evaluate);
    if (alternatives.length > 0) return { kind: 'find', step, alternatives };
    this.found(step, []);
    return undefined;
  }

  async #beginWrite(step: WriteStep, scope: Scope, evaluate: Evaluate): Promise<Need | undefined> {
    const writes = await resolveWrites(step, this.#mapping.priority, {
      evaluate,
      scope,
      written: this.#writtenItems(step),
    });
    if (writes.pending.length > 0) {
      const requests = writes.pending.map((one) => [this.#toWrite(step, one), one] as const);
      this.#writing = new Writing(step, writes.order, requests, isSingle(this.#mapping));
      return { kind: 'write', writes: this.#writing.requests };
    }
    if (step.each === undefined) this.#finish(step.name, { kind: 'skipped' });
    else this.#keepWritten(step, [], writes.order);
    return undefined;
  }

  #writtenItems({ name }: WriteStep): readonly (readonly [string, WriteResult])[] {
    const state = this.#steps.get(name);
    return state?.kind === 'items' ? state.items : [];
  }

  #toWrite(step: WriteStep, { key, data }: PendingWrite): WriteRequest {
    const { mapping, event, ...carried } = this.input;
    return {
      mapping: mapping.name,
      step,
      ...(step.each && { item: key }),
      data,
      effectKey: [event.source, this.#start?.key ?? '', mapping.name, step.name, key],
      eventId: event.id,
      ...carried,
    };
  }
}
