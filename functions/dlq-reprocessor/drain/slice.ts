import type { Command } from '../command.ts';
import type { DeadLetter } from '../envelope/letter.ts';
import type { Planned } from './plan.ts';
import type { Seen } from './seen.ts';
import { createTally } from './tally.ts';
import { tell, toLetter } from './tell.ts';

/** Waves of nothing but letters that were seen before: there are no others, as far as SQS can tell. */
const MAX_REPEATS = 10;

const stays = ({ verdict, refusal }: Planned): boolean =>
  refusal !== undefined || verdict.kind === 'skip' || verdict.kind === 'refuse';

/** What an invocation remembers of the letters of one queue. */
export function createSlice({ action, dryRun }: Command, seen: Seen) {
  const tally = createTally();
  const left: DeadLetter[] = [];
  let repeats = 0;

  const note = (planned: Planned): void => {
    tally.add({
      ...tell(planned),
      ...(dryRun ? { letter: toLetter(planned, action === 'preview') } : {}),
    });
    if (!dryRun && !stays(planned)) return;
    seen.add(planned.letter.messageId);
    left.push(planned.letter);
  };

  return {
    tally,
    /** Letters that are still as they were, hidden from others. */
    left,
    noteAll: (planned: readonly Planned[]): void => planned.forEach(note),
    /** Those that this command has not seen yet. */
    unseen: (letters: readonly DeadLetter[]): DeadLetter[] => {
      const others = letters.filter(({ messageId }) => !seen.has(messageId));
      repeats = others.length === 0 ? repeats + 1 : 0;
      return others;
    },
    isExhausted: (): boolean => repeats >= MAX_REPEATS,
  };
}

export type SliceState = ReturnType<typeof createSlice>;
