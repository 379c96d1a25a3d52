import type { Flow, Problem, QueueDepth } from '../../api.ts';
import type { Connected } from '../connection.ts';
import { isUnforeseen, problemOf } from '../problems.ts';
import { SharedReads } from '../shared-reads.ts';
import { QUEUES } from './aws-measures.ts';
import type { MeasuresReader } from './measures.ts';
import { countParked, type Parked, readAlarms, readDepth, readState, type State } from './parts.ts';
import type { Measures } from './tally.ts';

type Ages = Pick<Measures, 'apiUsage' | 'oldestAges'>;

/** CloudWatch keeps the age of the last message for minutes after it has gone. */
const withAge = (depth: QueueDepth, { oldestAges }: Ages): QueueDepth => {
  const oldestAgeSeconds = oldestAges.get(depth.name);
  const isEmpty = depth.visible + depth.inFlight === 0;
  return oldestAgeSeconds === undefined || isEmpty ? depth : { ...depth, oldestAgeSeconds };
};

/** Collects the problems of readings, so that one that fails hides no other. */
class Attempts {
  readonly #problems = new Map<string, Problem>();

  /** @returns what was read, or `otherwise`. Rejects with an error that nobody has foreseen. */
  async read<Part>(part: Promise<Part>, otherwise: Part): Promise<Part> {
    try {
      return await part;
    } catch (error) {
      if (isUnforeseen(error)) throw error;
      const problem = problemOf(error, 'console-read.json');
      this.#problems.set(problem.message, problem);
      return otherwise;
    }
  }

  get problems(): Problem[] {
    return [...this.#problems.values()];
  }
}

/** Listing costs more than the other readings ($0.005 for 1,000 pages, "Amazon S3 pricing"). */
const PARKED_KEPT_MS = 10_000;

/** Reads the whole picture. */
export class FlowReader {
  readonly #measures: MeasuresReader;
  readonly #parked = new SharedReads<Parked>();

  constructor(measures: MeasuresReader) {
    this.#measures = measures;
  }

  async read(connected: Connected): Promise<Flow> {
    const attempts = new Attempts();
    const depths = QUEUES.map((queue) =>
      attempts.read<QueueDepth | undefined>(readDepth(connected, queue), undefined),
    );
    const nothing: Parked = { count: 0, isComplete: false, byReason: {} };
    const [ages, parked, state, alarms, queues] = await Promise.all([
      attempts.read<Ages>(this.#measures.read(connected), { oldestAges: new Map() }),
      attempts.read(this.#countParked(connected), nothing),
      attempts.read<State>(readState(connected), { breaker: [] }),
      attempts.read(readAlarms(connected), []),
      Promise.all(depths),
    ]);
    return {
      queues: queues.flatMap((depth) => (depth === undefined ? [] : [withAge(depth, ages)])),
      parked,
      ...state,
      ...(ages.apiUsage && { apiUsage: ages.apiUsage }),
      alarms,
      problems: attempts.problems,
    };
  }

  #countParked(connected: Connected): Promise<Parked> {
    return this.#parked.read(`${connected.epoch}`, PARKED_KEPT_MS, () => countParked(connected));
  }
}
