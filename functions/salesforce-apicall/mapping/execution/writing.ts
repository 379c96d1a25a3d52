import type { Success } from '../../outcome/failure-class.ts';
import { notStarted, type RequestResult } from '../../result.ts';
import type { WriteStep } from '../definition.ts';
import type { WriteRequest } from '../ports.ts';
import { responseTooLarge } from './failures.ts';
import { asWritten, decisive, isTooLargeToKeep, notMadeOf, writeResultOf } from './results.ts';
import type { WriteResult } from './state.ts';
import type { PendingWrite, StepWrites } from './write.ts';

interface Item extends PendingWrite {
  result: RequestResult;
  /** What it gave; absent: it has not succeeded. */
  written?: WriteResult;
}

/** What became of the writes of a step. */
interface Written {
  readonly done: readonly (readonly [key: string, result: WriteResult])[];
  /** As in `StepState`; absent: some have not succeeded. */
  readonly order: StepWrites['order'] | undefined;
  /** The last success. */
  readonly outcome: Success | undefined;
  /** What decides about the step if some have not succeeded. */
  readonly failed: { readonly key: string; readonly result: RequestResult } | undefined;
}

/** The writes of a step while they are made. Of a response, it keeps no more than the step gives. */
export class Writing {
  readonly step: WriteStep;
  readonly #order: StepWrites['order'];
  readonly #items: ReadonlyMap<WriteRequest, Item>;
  readonly #keepsBodies: boolean;
  #outcome: Success | undefined;
  #left: number;

  /** @param keepsBodies whether the last response is needed as a whole. */
  constructor(
    step: WriteStep,
    order: StepWrites['order'],
    writes: readonly (readonly [WriteRequest, PendingWrite])[],
    keepsBodies: boolean,
  ) {
    this.step = step;
    this.#order = order;
    this.#items = new Map(
      writes.map(([request, one]) => [request, { ...one, result: notStarted }]),
    );
    this.#keepsBodies = keepsBodies;
    this.#left = writes.length;
  }

  get requests(): readonly WriteRequest[] {
    return [...this.#items.keys()];
  }

  /** Takes the result of one write, each once; whether it was the last. */
  take(request: WriteRequest, given: RequestResult): boolean {
    const item = this.#items.get(request);
    if (item === undefined) return false;
    const result = asWritten(this.step, given);
    const isSuccess = 'outcome' in result && result.outcome.kind === 'success';
    if (isSuccess && !this.#keepsBodies && isTooLargeToKeep(this.step, result.outcome))
      item.result = responseTooLarge;
    else if (isSuccess) {
      item.written = writeResultOf(this.step, result.outcome, item.data);
      const { status } = result.outcome;
      this.#outcome = this.#keepsBodies ? result.outcome : { kind: 'success', status, body: {} };
    } else item.result = result;
    this.#left -= 1;
    return this.#left === 0;
  }

  /** What became of them; those without a result were not started. */
  end(): Written {
    const items = [...this.#items.values()];
    const done = items.flatMap(({ key, written }): [string, WriteResult][] =>
      written === undefined ? [] : [[key, written]],
    );
    const open = items.filter(({ written }) => written === undefined);
    const first = decisive(open);
    const notMade = notMadeOf(open.map(({ result }) => result));
    return {
      done,
      order: open.length === 0 ? this.#order : undefined,
      outcome: this.#outcome,
      failed: first && { key: first.key, result: { ...first.result, notMade } },
    };
  }
}
