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

interface Received {
  readonly letter: DeadLetter;
  readonly at: number;
}

/** What an invocation remembers of the letters of one queue. */
export function createSlice({ action, dryRun }: Command, seen: Seen) {
  const tally = createTally();
  const left: Received[] = [];
  let repeats = 0;

  const note = (planned: Planned, at: number): void => {
    tally.add({
      ...tell(planned),
      ...(dryRun ? { letter: toLetter(planned, action === 'preview') } : {}),
    });
    if (!dryRun && !stays(planned)) return;
    seen.add(planned.letter.messageId);
    left.push({ letter: planned.letter, at });
  };

  return {
    tally,
    /** Letters that are still as they were; those received before `since` may be somebody else's by now. */
    heldSince: (since: number): DeadLetter[] =>
      left.flatMap(({ letter, at }) => (at >= since ? [letter] : [])),
    /** @param at when they were received. */
    noteAll: (planned: readonly Planned[], at: number): void => {
      for (const one of planned) note(one, at);
    },
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
