import { setTimeout as delay } from 'node:timers/promises';
import { StackError } from '../../local/stack/errors.ts';
import { requireRunning } from '../../local/stack/run-state.ts';
import type { Planned } from '../events/plan.ts';
import type { Sent } from '../events/send.ts';
import type { Scene } from '../scene.ts';
import { startBreakerClock } from './clock.ts';
import { type Drill, deployment, drills } from './drills.ts';
import { startQueueFaults } from './queue.ts';
import { planOrg } from './salesforce.ts';

/** Events that come in while the same drills are played. */
const EVENTS_PER_WAVE = 500;
const MIN_WAVES = 2;
const MIN_DRILLS_PER_WAVE = 4;
const MAX_PAUSE_MS = 700;

interface Traffic {
  readonly seed: number;
  readonly events: readonly Planned[];
  readonly send: (events: readonly Planned[]) => Promise<Sent[]>;
  /** Runs the reprocessor as its schedule would. */
  readonly reprocess: () => Promise<unknown>;
  /** Whether the stack is deployed again once, in the middle. */
  readonly redeploys: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Drills in an order that the seed chooses, over and over again; every one of them within all waves. */
function orderOf(scene: Scene, waves: number): (wave: number) => Drill[] {
  const all = drills(scene);
  const perWave = Math.max(MIN_DRILLS_PER_WAVE, Math.ceil(all.length / waves));
  const order = all
    .map((drill, index) => ({ drill, value: scene.dice.roll(2 ** 32, 'drill', index) }))
    .sort((a, b) => a.value - b.value)
    .map(({ drill }) => drill);
  const nth = (index: number): Drill[] => order.slice(index % order.length).slice(0, 1);
  return (wave) =>
    Array.from({ length: perWave }, (_, index) => nth(wave * perWave + index)).flat();
}

/** One drill after another, at moments that the seed chooses. */
async function playAll(scene: Scene, some: readonly Drill[], wave: number): Promise<void> {
  for (const [index, { hop, name, play }] of some.entries()) {
    await delay(scene.dice.roll(MAX_PAUSE_MS, 'pause', wave, index));
    if (await play()) scene.tally.count(hop, name);
  }
}

/** Sends all events, wave after wave, into a stack that is being broken at every hop. */
export async function sendThroughFaults(scene: Scene, traffic: Traffic): Promise<Sent[]> {
  const { events, onProgress, redeploys, reprocess, seed, send, signal } = traffic;
  const waves = Math.max(MIN_WAVES, Math.ceil(events.length / EVENTS_PER_WAVE));
  const size = Math.ceil(events.length / waves);
  const drillsOf = orderOf(scene, waves);
  for (const named of planOrg(seed, events.length)) await scene.orgFaults.add(named);
  scene.failAws();
  const queue = startQueueFaults(scene.stack, scene.dice, scene.tally);
  const clock = startBreakerClock(scene);
  const sent: Sent[] = [];
  try {
    for (let wave = 0; wave < waves; wave += 1) {
      if (signal.aborted) throw new StackError('Interrupted.');
      await requireRunning();
      const some = events.slice(wave * size, (wave + 1) * size);
      const isMiddle = redeploys && wave === Math.floor(waves / 2);
      const played = [...drillsOf(wave), ...(isMiddle ? [deployment(scene)] : [])];
      const [answered] = await Promise.all([send(some), playAll(scene, played, wave), reprocess()]);
      sent.push(...answered);
      await scene.observer.filter(() => false);
      scene.forgetCalls();
      onProgress(`${sent.length} of ${events.length} events sent`);
    }
  } finally {
    await queue.stop();
    await clock.stop();
    scene.healAws();
    await scene.orgFaults.clear();
  }
  return sent;
}
