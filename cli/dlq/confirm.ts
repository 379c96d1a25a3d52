import { formatCount, plural } from '../format.ts';
import type { Terminal } from '../terminal.ts';
import { formatMessages } from './print/messages.ts';
import { formatPlan } from './print/run.ts';
import { type Moves, moved, type RunReport, totalMoved } from './run-report.ts';

/** How long the function hides the messages of a dry run's page, when other pages may follow it. */
const HIDDEN_MS = 60_000;

interface Dependencies extends Pick<Terminal, 'columns' | 'log' | 'prompt'> {
  readonly sleep: (ms: number) => Promise<unknown>;
}

const verbs: Readonly<Record<keyof Moves, string>> = {
  redriven: 'Redrive',
  parked: 'Park',
  dropped: 'Drop',
};

/** One question per kind of move that the plan has: to which kind it belongs, and its text. */
function questionsOf(plan: RunReport, location: string): [kind: keyof Moves, question: string][] {
  const { redriven, parked, dropped } = moved(plan);
  const counts: readonly [keyof Moves, number][] = [
    ['redriven', redriven],
    ['parked', parked],
    ['dropped', dropped],
  ];
  return counts.flatMap(([kind, count]) => {
    if (count === 0) return [];
    const verb = plan.action === 'unpark' ? 'Unpark' : verbs[kind];
    const messages = plural(count, 'message');
    const what = count > plan.max ? `${formatCount(plan.max)} of ${messages}` : messages;
    return [[kind, `${verb} ${what} in ${location}? [y/N]`]];
  });
}

/** Waits until the messages that a dry run of several pages has hidden are visible again. */
async function waitUntilVisible(
  plan: RunReport,
  startedAt: number,
  { log, sleep }: Dependencies,
): Promise<void> {
  const visible = Object.values(plan.queues).map(({ left }) => left?.visible ?? 0);
  const isEnough = visible.reduce((total, count) => total + count, 0) >= plan.max;
  const waitMs = startedAt + HIDDEN_MS - Date.now();
  if (!plan.paged || isEnough || waitMs <= 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  log(
    `The messages that were counted are visible again within a minute: starting in ${seconds} s (--yes skips the count).`,
  );
  await sleep(waitMs);
}

/** What the user agreed to: everything, nothing, or one of redrive's two kinds of moves. */
export type Agreement = 'all' | 'none' | 'redrive' | 'park';

/** Shows what a dry run found and asks, for each kind of move, whether to do it. */
export async function confirm(
  plan: RunReport,
  location: string,
  dependencies: Dependencies,
): Promise<Agreement> {
  const startedAt = Date.now();
  const page = { now: new Date(startedAt), columns: dependencies.columns };
  // Who takes a message out of the bucket, or deletes it, is told why it failed.
  const listed = ['unpark', 'drop'].includes(plan.action) ? formatMessages(plan, page) : '';
  dependencies.log(`${listed}${formatPlan(plan, dependencies.columns).join('\n')}`);
  const questions = questionsOf(plan, location);
  const agreed: (keyof Moves)[] = [];
  for (const [kind, message] of questions) {
    const answer = (await dependencies.prompt?.({ message })) ?? '';
    if (/^\s*y(es)?\s*$/i.test(answer)) agreed.push(kind);
  }
  if (agreed.length === 0) {
    const count = totalMoved(plan);
    const left = `${plural(count, 'message')} left as ${count === 1 ? 'it is' : 'they are'}`;
    dependencies.log(`Nothing was changed: ${left}.`);
    return 'none';
  }
  await waitUntilVisible(plan, startedAt, dependencies);
  if (agreed.length === questions.length) return 'all';
  return agreed.includes('redriven') ? 'redrive' : 'park';
}
