import { StackError } from '../stack/errors.ts';
import { requireNothingRunning } from '../stack/run-state.ts';
import { runSteps as runList } from '../stack/steps.ts';
import { down, up } from '../stack/up.ts';
import { observeBus } from './observer.ts';
import { demoSteps, type Step } from './steps.ts';

interface DemoOptions {
  /** Prints nothing: the caller prints the results. */
  readonly json: boolean;
  readonly signal: AbortSignal;
}

export interface StepResult {
  readonly step: string;
  readonly ok: boolean;
  readonly ms: number;
  /** What was observed, or the error. */
  readonly seen: string;
}

/** One attempt, so that the demo's failure is dead-lettered at once; no schedule, as the demo runs the reprocessor. */
const parameters = { MaxAttempts: '1', ReprocessorState: 'DISABLED' };

const SUCCEEDED = `
All steps succeeded. The stack is stopped.
To see an event's way yourself: npm start, which prints the address of the console and a command that sends an event.`;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

async function runStep({ title, run }: Step, signal: AbortSignal): Promise<StepResult> {
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    signal.throwIfAborted();
    return { step: title, ok: true, seen: await run(), ms: ms() };
  } catch (error) {
    return { step: title, ok: false, seen: messageOf(error), ms: ms() };
  }
}

async function runSteps(
  steps: readonly Step[],
  { json, signal }: DemoOptions,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  const tasks = steps.map((step) => ({
    title: step.title,
    task: async (_: unknown, task: { title: string }) => {
      const result = await runStep(step, signal);
      results.push(result);
      if (!result.ok) throw new StackError(result.seen);
      task.title = `${step.title}\n    ${result.seen}`;
    },
  }));
  await runList(tasks, undefined, json).catch(() => undefined);
  return results;
}

function explainFailure(results: readonly StepResult[]): void {
  const failed = results.find(({ ok }) => !ok);
  if (!failed) return;
  console.error(`\nFailed: ${failed.step}\n  ${failed.seen}`);
  console.error(
    'Logs: .local/engine.log (engine and functions), .local/salesforce.log, .local/sam.log',
  );
}

/** Starts a local stack, runs all steps on it, and stops it. `ok`: every step succeeded. */
export async function runDemo(
  options: DemoOptions,
): Promise<{ ok: boolean; steps: readonly StepResult[] }> {
  const { json, signal } = options;
  let results: StepResult[] = [];
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
      results = await runSteps(demoSteps(stack, observer), options);
    } finally {
      await down();
    }
  } catch (error) {
    results.push({ step: 'Local stack', ok: false, ms: 0, seen: messageOf(error) });
  }
  const ok = results.length > 0 && results.every((result) => result.ok);
  if (!json) explainFailure(results);
  if (ok && !json) console.log(SUCCEEDED);
  return { ok, steps: results };
}
