import { Listr, PRESET_TIMER } from 'listr2';
import { StackError } from '../stack/errors.ts';
import { requireNothingRunning } from '../stack/run-state.ts';
import { down, up } from '../stack/up.ts';
import { observeBus } from './observer.ts';
import { demoSteps, type Step } from './steps.ts';

interface DemoOptions {
  /** One JSON object at the end instead of the list. */
  readonly json: boolean;
  readonly signal: AbortSignal;
}

interface Seen {
  readonly step: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly seen: string;
}

/** One attempt: the demo's failure is dead-lettered at once. The schedule is off: the demo reprocesses by itself. */
const parameters = { MaxAttempts: '1', ReprocessorState: 'DISABLED' };

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

async function perform({ title, run }: Step, signal: AbortSignal): Promise<Seen> {
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    signal.throwIfAborted();
    return { step: title, ok: true, seen: await run(), ms: ms() };
  } catch (error) {
    return { step: title, ok: false, seen: messageOf(error), ms: ms() };
  }
}

async function runSteps(steps: readonly Step[], { json, signal }: DemoOptions): Promise<Seen[]> {
  const seen: Seen[] = [];
  const tasks = steps.map((step) => ({
    title: step.title,
    task: async (_: unknown, task: { title: string }) => {
      const result = await perform(step, signal);
      seen.push(result);
      if (!result.ok) throw new StackError(result.seen);
      task.title = `${step.title}\n    ${result.seen}`;
    },
  }));
  const list = new Listr(tasks, {
    silentRendererCondition: json,
    rendererOptions: { timer: PRESET_TIMER },
    fallbackRendererOptions: { timer: PRESET_TIMER },
    registerSignalListeners: false,
  });
  await list.run().catch(() => undefined);
  return seen;
}

function explain(seen: readonly Seen[]): void {
  const failed = seen.find(({ ok }) => !ok);
  if (!failed) return;
  console.error(`\nFailed: ${failed.step}\n  ${failed.seen}`);
  console.error(
    'Where to look: .local/engine.log (functions write there too), .local/salesforce.log, .local/sam.log',
  );
}

/**
 * The whole main job on a stack of its own, from nothing to nothing.
 *
 * @returns whether every step was seen to happen.
 */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const { json, signal } = options;
  let seen: Seen[] = [];
  try {
    await requireNothingRunning();
    const stack = await up({
      command: 'npm run demo',
      ownerPid: process.pid,
      parameters,
      signal,
      silent: json,
    });
    try {
      const observer = await observeBus(stack.endpoint, stack.outputs['EventBusName'] ?? '');
      seen = await runSteps(demoSteps(stack, observer), options);
    } finally {
      await down();
    }
  } catch (error) {
    seen.push({ step: 'The local stack', ok: false, ms: 0, seen: messageOf(error) });
  }
  const ok = seen.length > 0 && seen.every((step) => step.ok);
  if (json) console.log(JSON.stringify({ ok, steps: seen }));
  else explain(seen);
  if (ok && !json) console.log('\nEverything was seen to happen; nothing is left running.');
  return ok;
}
