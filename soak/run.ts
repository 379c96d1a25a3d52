import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toJson } from '../cli/format.ts';
import type { Terminal } from '../cli/terminal.ts';
import { root } from '../local/stack/paths.ts';
import { requireNothingRunning } from '../local/stack/run-state.ts';
import type { Stack } from '../local/stack/stack-file.ts';
import { down, up } from '../local/stack/up.ts';
import { stackParameters } from './harness.ts';
import { measureCosts, problemsOfCosts } from './outage.ts';
import { replacePart, toCostPart, toMappingsPart, toPage } from './report/page.ts';
import { costSection, toTable, toText } from './report/report.ts';
import { problemsOf, soak } from './soak.ts';

const PAGE = join(root, 'docs', 'reliability.md');

/** The template's default. */
const MAX_REDRIVES = 3;

/** The options of `npm run soak`, as commander names them. */
export interface Options {
  readonly events: number;
  readonly forgeries: number;
  readonly seed: number;
  /** Events of mappings, instead of those of all routes. */
  readonly mappings?: number;
  /** Minutes. */
  readonly outage?: number;
  readonly json?: boolean;
  readonly write?: boolean;
}

interface Dependencies extends Pick<Terminal, 'print'> {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Does something with a stack of its own, which is removed afterwards. */
async function withStack<Result>(
  silent: boolean,
  signal: AbortSignal,
  work: (stack: Stack) => Promise<Result>,
) {
  await requireNothingRunning();
  const stack = await up({
    command: 'npm run soak',
    ownerPid: process.pid,
    parameters: stackParameters,
    signal,
    silent,
  });
  try {
    return await work(stack);
  } finally {
    await down();
  }
}

/** Runs the soak, or measures an outage. @returns whether nothing was lost, applied twice or left without a reason */
export async function run(options: Options, { print, signal }: Dependencies): Promise<boolean> {
  const { json = false, mappings, outage, seed, write = false } = options;
  const log = (line: string): void => {
    if (!json) print(line);
  };
  log(`Seed ${seed}: --seed ${seed} repeats this run.`);
  const startedAt = performance.now();
  const minutesRun = (): number => (performance.now() - startedAt) / 60_000;
  const onProgress = (line: string): void => log(`${(minutesRun() * 60).toFixed(0)} s: ${line}`);
  const report = (problems: readonly string[], values: object, text: string): boolean => {
    const ok = problems.length === 0;
    print(json ? toJson('soak', ok, { problems, ...values }) : text);
    return ok;
  };
  const writePart = async (part: string): Promise<void> => {
    if (write) await writeFile(PAGE, replacePart(await readFile(PAGE, 'utf8'), part));
  };
  if (outage !== undefined) {
    const costs = await withStack(json, signal, (stack) => measureCosts(stack, seed, outage));
    const problems = problemsOfCosts(costs);
    const ok = report(problems, costs, [toTable(costSection(costs)), ...problems].join('\n'));
    await writePart(await toCostPart(costs, new Date()));
    return ok;
  }
  const onlyMappings = mappings !== undefined;
  const given = onlyMappings ? { ...options, events: mappings, forgeries: 0 } : options;
  const result = await withStack(json, signal, (stack) =>
    soak(stack, {
      ...given,
      maxRedrives: MAX_REDRIVES,
      redeploys: !onlyMappings,
      onlyMappings,
      signal,
      onProgress,
    }),
  );
  const finished = { ...given, onlyMappings, minutes: minutesRun(), result };
  const ok = report(problemsOf(result), finished, toText(finished));
  const toPart = onlyMappings ? toMappingsPart : toPage;
  await writePart(await toPart(finished, new Date()));
  return ok;
}
