import { UsageError } from '../../errors.ts';
import { plural } from '../../format.ts';
import type { DlqCommand } from '../command.ts';
import type { Invoke } from '../invoke.ts';
import { runPages } from '../pages.ts';
import type { RunReport } from '../run-report.ts';
import type { ActionResult, FailureAction } from './failure.ts';
import { nameOf } from './places.ts';

export type ActionName = 'redrive' | 'park' | 'unpark' | 'drop';

/** @throws UsageError when the action is not one for messages of this place. */
function toCommand(
  name: ActionName,
  { place, ids, reason, outcome, dryRun }: FailureAction,
  by: string | undefined,
): DlqCommand {
  if (name !== 'drop' && (name === 'unpark') !== (place === 'parked'))
    throw new UsageError(`${name} is not for messages of ${place}.`);
  if (name === 'drop' && !reason) throw new UsageError('drop needs a reason.');
  return {
    action: name,
    filter: { id: [...ids] },
    ...(dryRun && { dryRun }),
    ...(name === 'drop' && { dropReason: reason, ...(by && { droppedBy: by }) }),
    ...(name === 'unpark' && outcome === 'applied' && { applied: true as const }),
    ...(name === 'unpark' && outcome === 'notApplied' && { notApplied: true as const }),
  };
}

/** The results of all pages that are not zero, with `unparked` for what an unpark sent back, and the ids that no page had. */
function resultsOf(
  { queues }: RunReport,
  name: ActionName,
  ids: readonly string[],
): Record<string, number> {
  const results: Record<string, number> = {};
  let found = 0;
  for (const [result, count] of Object.values(queues).flatMap((one) =>
    Object.entries(one.results),
  )) {
    if (count === 0 || result === 'skipped') continue;
    const word = name === 'unpark' && result === 'redriven' ? 'unparked' : result;
    results[word] = (results[word] ?? 0) + count;
    found += count;
  }
  const missing = Math.max(0, new Set(ids).size - found);
  return missing > 0 ? { ...results, 'not found': missing } : results;
}

/** One sentence, and the reasons of what was refused: they say what to do. */
function summaryOf(
  results: Readonly<Record<string, number>>,
  { queues, dryRun }: RunReport,
): string {
  const parts = Object.entries(results).map(
    ([word, count]) => `${plural(count, 'message')} ${word}`,
  );
  const reasons = Object.values(queues).flatMap(({ byReason, results: { refused } }) =>
    refused > 0 ? Object.keys(byReason).filter((reason) => reason !== 'skipped') : [],
  );
  const why = reasons.length > 0 ? ` (${[...new Set(reasons)].join('; ')})` : '';
  const missing =
    results['not found'] === undefined ? '' : ' What was not found is gone, or hidden.';
  return `${dryRun ? 'Would be: ' : ''}${parts.join(', ') || 'no messages'}${why}.${missing}`;
}

/**
 * Redrives, parks, unparks or drops messages by their ids: at most 100, of one place.
 *
 * @param by who does it, for the record of a dropped message.
 * @throws CliError with what is wrong with the action, or what kept the function from finishing: `result` has what was done.
 */
export async function actOnFailures(
  name: ActionName,
  action: FailureAction,
  invoke: Invoke,
  by?: string,
): Promise<ActionResult> {
  const command = toCommand(name, action, by);
  const run = await runPages({
    invoke,
    command,
    queues: name === 'unpark' ? [] : [nameOf(action.place)],
    max: Number.POSITIVE_INFINITY,
    stopSignal: new AbortController().signal,
    onPage: () => undefined,
  });
  if (run.problem) throw run.problem;
  const results = resultsOf(run, name, action.ids);
  return { results, summary: summaryOf(results, run) };
}
