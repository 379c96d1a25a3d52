import { parkedObjects } from '../local/chaos/parked.ts';
import { reprocessor } from '../local/chaos/reprocessor-scene.ts';
import type { Stack } from '../local/stack/stack-file.ts';
import { readContents } from './account/contents.ts';
import { keptByEvent } from './account/kept.ts';
import { type Account, reconcile } from './account/reconcile.ts';
import { searchCanaries } from './canaries/canaries.ts';
import type { Searched } from './canaries/search.ts';
import { type Planned, planEvents } from './events/plan.ts';
import { assignTargets } from './events/requests.ts';
import { createSenders, type Sent } from './events/send.ts';
import { makeTargets } from './events/targets.ts';
import type { Played } from './faults/tally.ts';
import { sendThroughFaults } from './faults/traffic.ts';
import { type Forged, forge } from './forgeries/forge.ts';
import { prepareScene, type Scene } from './scene.ts';
import { settle } from './settle.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly events: number;
  readonly forgeries: number;
  /** Whether the stack is deployed again in the middle. */
  readonly redeploys: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface Soaked {
  readonly account: Account;
  readonly played: readonly Played[];
  /** What waits in a queue at the end, by queue. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Events that their sender had to send again before they were accepted. */
  readonly resent: number;
  readonly forged: Forged;
  readonly canaries: readonly Searched[];
  readonly apiCalls: number;
}

/** What one event may take to settle, at the very most, on top of what all need. */
const SETTLE_MS = { all: 90_000, each: 40 };

function createEars() {
  const webhooks: string[] = [];
  const replies: string[] = [];
  const reports: string[] = [];
  return {
    heard: { webhooks, replies, reports },
    hearAnswer: ({ key, way }: Planned, text: string): void => {
      if (way.by === 'http') replies.push(`${key} ${text}`);
      else webhooks.push(text);
    },
    hearReport: (report: unknown): void => {
      reports.push(JSON.stringify(report ?? null));
    },
  };
}

async function sendAll(scene: Scene, options: SoakOptions, ears: ReturnType<typeof createEars>) {
  const { seed } = options;
  const events = planEvents(seed, options.events, scene.dice);
  options.onProgress('Records to update and delete');
  const targets = assignTargets(events, await makeTargets(scene.stack, seed, events));
  const invoke = reprocessor(scene.stack);
  const reprocess = async (): Promise<void> => {
    const command = { unattended: true, ratePerSecond: 500 };
    ears.hearReport(await invoke(command).catch(() => undefined));
  };
  const send = createSenders(scene.stack, {
    secrets: () => scene.secrets.now,
    targets,
    onAnswer: ears.hearAnswer,
  });
  const sent = await sendThroughFaults(scene, { ...options, events, send, reprocess });
  options.onProgress('Everything is healed: waiting until nothing moves');
  const timeoutMs = SETTLE_MS.all + SETTLE_MS.each * options.events;
  const waiting = await settle(scene, reprocess, timeoutMs);
  return { sent, targets, waiting };
}

async function account(
  scene: Scene,
  sent: readonly Sent[],
  targets: ReadonlyMap<number, string>,
  seed: number,
) {
  const { endpoint, outputs } = scene.stack;
  const parked = await parkedObjects(endpoint, outputs['ParkBucketName'] ?? '');
  const kept = keptByEvent(parked, seed);
  return reconcile(sent, { contents: await readContents(scene.org), kept, targets });
}

/** Sends events through a running stack while it is broken at every hop, heals it, and counts what became of them. */
export async function soak(stack: Stack, options: SoakOptions): Promise<Soaked> {
  const { forgeries, onProgress, seed } = options;
  const scene = await prepareScene(stack, seed);
  const ears = createEars();
  try {
    const { sent, targets, waiting } = await sendAll(scene, options, ears);
    const counted = await account(scene, sent, targets, seed);
    onProgress('Forged and malformed requests');
    const forged = await forge(scene, seed, forgeries);
    onProgress('Secrets and message contents in what the stack has left behind');
    const canaries = await searchCanaries(scene, seed, sent, ears.heard);
    const calls = await scene.org.calls();
    return {
      account: counted,
      played: scene.tally.rows(),
      waiting,
      resent: sent.filter(({ tries }) => tries > 1).length,
      forged,
      canaries,
      apiCalls: calls.filter(({ kind }) => kind === 'api').length,
    };
  } finally {
    await scene.restore();
  }
}

const countFindings = (canaries: readonly Searched[]): number =>
  canaries.reduce((sum, { secrets, contents }) => sum + secrets + contents, 0);

/** What must not be, in words; nothing where the stack has held. */
export function faultsOf({
  account: { lost, odd, twice },
  canaries,
  forged,
  waiting,
}: Soaked): string[] {
  const stuck = Object.values(waiting).reduce((sum, one) => sum + one, 0);
  const findings = countFindings(canaries);
  const counts: [number, string][] = [
    [lost.length, 'lost'],
    [twice.length, 'applied twice'],
    [odd.length, 'parked for a reason that no fault accounts for'],
    [stuck, 'still waiting in a queue'],
    [findings, 'secrets or message contents where they must not be'],
    [forged.accepted, 'forged requests accepted'],
    [forged.errors, 'forged requests answered 5xx'],
  ];
  return counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
}
