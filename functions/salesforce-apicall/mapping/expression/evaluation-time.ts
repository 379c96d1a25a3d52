import { EvaluationTimeError } from '../errors.ts';

/** All expressions of a batch, in milliseconds. */
const BATCH_MS = 5_000;
/** Expressions of one mapping that may run into the limit before the rest of its events wait for a smaller batch. */
const CUTS = 3;

/** The time that a batch spends in expressions. */
export class EvaluationTime {
  #leftMs = BATCH_MS;
  readonly #cuts = new Map<string, number>();

  /** @throws EvaluationTimeError when the batch, or this mapping in it, has had its time. */
  require(mapping: string): void {
    if (this.#leftMs <= 0)
      throw new EvaluationTimeError(`The expressions of this batch took ${BATCH_MS} ms`);
    if ((this.#cuts.get(mapping) ?? 0) >= CUTS)
      throw new EvaluationTimeError(
        `The mapping ${mapping} ran into its time limit ${CUTS} times in this batch`,
      );
  }

  spend(mapping: string, ms: number, wasCut: boolean): void {
    this.#leftMs -= ms;
    if (wasCut) this.#cuts.set(mapping, (this.#cuts.get(mapping) ?? 0) + 1);
  }
}
