import { withAge } from '../../../cli/readings/ages.ts';
import { readAlarms } from '../../../cli/readings/alarms.ts';
import { type Parked, readParked } from '../../../cli/readings/parked.ts';
import { type QueueDepth, queueNames, readDepth } from '../../../cli/readings/queues.ts';
import { readState } from '../../../cli/readings/state.ts';
import type { Connected } from '../connection.ts';
import type { Problem } from '../errors.ts';
import { isUnforeseen, problemOf } from '../problems.ts';
import type { Measures } from './tally.ts';

type Ages = Pick<Measures, 'ages' | 'apiUsage'>;

const NOTHING_READ: Parked = { count: 0, isComplete: false, byReason: {} };

/**
 * Reads the whole picture, with the alarms that are not OK: the local engine has none. A reading that fails hides no other: its
 * problem stands in `problems`. Rejects with an error that nobody has foreseen.
 */
export async function readFlow({ clients, isLocal, stack }: Connected, measures: Promise<Ages>) {
  const problems = new Map<string, Problem>();
  const attempt = <Part>(part: Promise<Part>, otherwise: Part): Promise<Part> =>
    part.catch((error: unknown) => {
      if (isUnforeseen(error)) throw error;
      const problem = problemOf(error, 'console-read.json');
      problems.set(problem.message, problem);
      return otherwise;
    });
  const depths = queueNames.map((name) =>
    attempt<QueueDepth | undefined>(readDepth(stack, clients, name), undefined),
  );
  const [{ ages, apiUsage }, parked, state, alarms, queues] = await Promise.all([
    attempt<Ages>(measures, {}),
    attempt(readParked(stack, clients), NOTHING_READ),
    attempt(readState(stack, clients), {}),
    attempt(isLocal ? Promise.resolve([]) : readAlarms(stack, clients), []),
    Promise.all(depths),
  ]);
  return {
    queues: queues.flatMap((depth) => (depth === undefined ? [] : [withAge(depth, ages)])),
    parked,
    ...state,
    ...(apiUsage && { apiUsage }),
    alarms: alarms.filter(({ state: one }) => one !== 'OK'),
    problems: [...problems.values()],
  };
}
