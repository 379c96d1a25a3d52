import { plural } from '../format.ts';
import { describeRun } from './print/run.ts';
import { movedIn, type RunReport } from './run-report.ts';
import type { World } from './world.ts';

/** How long the function hides what a slice of a dry run looked at, when others may follow it. */
const HIDDEN_MS = 60_000;

const verbs: Readonly<Record<string, string>> = {
  redrive: 'Redrive or park',
  park: 'Park',
  unpark: 'Send back',
};

function questionOf(plan: RunReport, place: string): string {
  const planned = movedIn(plan);
  const what =
    planned > plan.max
      ? `${plan.max.toLocaleString('en')} of ${plural(planned, 'letter')}`
      : plural(planned, 'letter');
  return `${verbs[plan.action]} ${what} in ${place}? [y/N]`;
}

/** A dry run over more than one slice leaves its letters hidden for a while: work that began now would miss them. */
async function waitForReturn(plan: RunReport, world: World, since: number) {
  const visible = Object.values(plan.queues).map(({ left }) => left?.visible ?? 0);
  const isEnough = visible.reduce((total, count) => total + count, 0) >= plan.max;
  const waitMs = since + HIDDEN_MS - Date.now();
  if (!plan.paged || isEnough || waitMs <= 0) return;
  world.log(
    `What was looked at comes back within a minute: it begins in ${Math.ceil(waitMs / 1000)} s (--yes does not look first).`,
  );
  await world.sleep(waitMs);
}

/** Shows what a dry run found, and asks whether it is to be done. */
export async function isWanted(plan: RunReport, place: string, world: World): Promise<boolean> {
  const lookedAt = Date.now();
  world.log(describeRun(plan));
  const said = (await world.prompt?.({ message: questionOf(plan, place) })) ?? '';
  if (!/^\s*y(es)?\s*$/i.test(said)) {
    world.log('Nothing was moved.');
    return false;
  }
  await waitForReturn(plan, world, lookedAt);
  return true;
}
