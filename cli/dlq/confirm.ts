import { formatCount, plural } from '../format.ts';
import type { Terminal } from '../terminal.ts';
import { formatRun } from './print/run.ts';
import { moved, type RunReport } from './run-report.ts';

/** How long the function hides the messages of a dry run's page, when other pages may follow it. */
const HIDDEN_MS = 60_000;

interface Dependencies extends Pick<Terminal, 'log' | 'prompt'> {
  readonly sleep: (ms: number) => Promise<unknown>;
}

const verbs: Readonly<Record<string, string>> = {
  redrive: 'Redrive or park',
  park: 'Park',
  unpark: 'Unpark',
};

function questionOf(plan: RunReport, location: string): string {
  const planned = moved(plan);
  const messages = plural(planned, 'message');
  const what = planned > plan.max ? `${formatCount(plan.max)} of ${messages}` : messages;
  return `${verbs[plan.action]} ${what} in ${location}? [y/N]`;
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
    `The messages of the dry run are visible again within a minute: starting in ${seconds} s (--yes skips the dry run).`,
  );
  await sleep(waitMs);
}

/** Shows what a dry run found and asks whether to do it. */
export async function confirm(
  plan: RunReport,
  location: string,
  dependencies: Dependencies,
): Promise<boolean> {
  const startedAt = Date.now();
  dependencies.log(formatRun(plan));
  const answer = (await dependencies.prompt?.({ message: questionOf(plan, location) })) ?? '';
  if (!/^\s*y(es)?\s*$/i.test(answer)) {
    dependencies.log('No messages were moved.');
    return false;
  }
  await waitUntilVisible(plan, startedAt, dependencies);
  return true;
}
