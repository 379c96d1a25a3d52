import type { Browser } from 'playwright-core';
import { launchBrowser } from '../local/browser/browser.ts';
import { startConsole } from '../local/stack/console.ts';
import { readRunState, requireNothingRunning } from '../local/stack/run-state.ts';
import type { Stack } from '../local/stack/stack-file.ts';
import { down, up } from '../local/stack/up.ts';
import { createFiller, type Filler } from './console/fill.ts';
import { peakMbOf } from './console/process.ts';
import { compareTurns, OPEN } from './console/turns.ts';
import { showAll, viewsOf } from './console/views.ts';
import { type Answer, openWindow, type Window } from './console/window.ts';
import type { ConsoleEffort, Effort } from './effort.ts';
import { exactly, type Figures, type Result, summarize } from './harness.ts';
import type { Bench, Section } from './report.ts';

/** A page of a list shows as many. */
const FEW = 100;

/** Dry runs of the reprocessor while the console shows its queue. */
const DRY_RUNS = 5;

interface Scene {
  readonly stack: Stack;
  readonly browser: Browser;
  /** The console's address, with its token. */
  readonly start: string;
  readonly consolePid: number | undefined;
  readonly enginePid: number | undefined;
  readonly filler: Filler;
  readonly effort: ConsoleEffort;
}

const notes = [
  'The console of a local stack whose events were sent just before: a tenth are webhooks, the others requests on the bus; Salesforce refuses those that become dead-letter messages. Chromium runs on the same machine, without a graphics card.',
  'Shown: from the start of the navigation, with an empty cache of the page, to the frame in which the data is there. A task is what keeps the main thread of the page busy; below 50 ms, browsers report none.',
  "The stack's speed: each turn sends as many webhooks, ten at a time, until all are Cases; with windows, Chromium takes its share of the same two cores. The CPU of the engine, which answers AWS's calls, is that of its own process, without the functions.",
];

/** Asks the console's API, as its page does. */
async function ask(start: string, path: string): Promise<unknown> {
  const { origin, hash } = new URL(start);
  const token = new URLSearchParams(hash.slice(1)).get('token');
  const response = await fetch(`${origin}/api/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`The console answered ${response.status} to ${path}`);
  return response.json();
}

/** A failed event, which is looked for in logs and queues, and a message. */
async function idsOf({ start }: Scene) {
  const [events, failures] = await Promise.all(
    ['events?state=failed', 'failures?place=ApiCallDlq'].map((path) => ask(start, path)),
  );
  return {
    event: String(Object(events).events.at(-1).id),
    failure: String(Object(failures).messages.at(-1).id),
  };
}

const resultsOf = (found: ReadonlyMap<string, readonly Figures[]>, figure: string): Result[] =>
  [...found].map(([name, all]) =>
    summarize(
      name,
      all.flatMap((figures) => figures[figure] ?? []),
    ),
  );

/** Of one kind: ids are left out. */
const kindOf = ({ path }: Answer): string =>
  path.replace(/^(events|failures)\/.*/, '$1/ID').replace(/^mappings\/.*/, 'mappings');

function answersIn(answers: readonly Answer[], figure: 'ms' | 'kb'): Result[] {
  const groups = [...Map.groupBy(answers, kindOf)].toSorted(([one], [other]) =>
    one.localeCompare(other),
  );
  return groups.map(([path, all]) =>
    summarize(
      path,
      all.map((answer) => answer[figure]),
    ),
  );
}

/** Sections about the views of a stack with so many events and messages. */
async function measureViews(scene: Scene, of: string): Promise<Section[]> {
  const window: Window = await openWindow(scene.browser, scene.start);
  try {
    const found = await showAll(viewsOf(await idsOf(scene)), window, scene.effort.rounds);
    return [
      {
        title: `${of}: until a view shows its data`,
        unit: 'ms',
        results: resultsOf(found, 'shownMs'),
        goal: { name: 'Events', atMost: 1_000 },
      },
      {
        title: `${of}: longest task of the page until then`,
        unit: 'ms',
        results: resultsOf(found, 'longestTaskMs'),
      },
      {
        title: `${of}: an answer of the server`,
        unit: 'ms',
        results: answersIn(window.answers, 'ms'),
      },
      { title: `${of}: size of an answer`, unit: 'KB', results: answersIn(window.answers, 'kb') },
    ];
  } finally {
    await window.close();
  }
}

async function measureTurns(scene: Scene): Promise<Section[]> {
  const { turnWebhooks, turns } = scene.effort;
  const found = await compareTurns({ ...scene, webhooks: turnWebhooks }, turns);
  return [
    {
      title: `${turnWebhooks} webhooks until all are Cases`,
      unit: 's',
      results: found('seconds'),
      goal: { name: OPEN, ratio: 1.25 },
    },
    { title: "The engine's CPU for each of them", unit: 'ms', results: found('engineMs') },
    { title: "The console's CPU meanwhile", unit: 'ms/s', results: found('serverMs') },
    { title: 'Longest task of a page meanwhile', unit: 'ms', results: found('longestTaskMs') },
  ];
}

/** Whether the reprocessor finds the messages that the console reads all the time. @param runs none: the schedule's, which parks them */
async function measureRuns(scene: Scene, of: number, runs = 0): Promise<Section> {
  const window = await openWindow(scene.browser, scene.start);
  await window.show('failures', `document.querySelectorAll('main tbody tr').length >= 100`);
  const found: number[] = [];
  for (let run = 0; run < runs; run += 1) found.push(await scene.filler.found(true));
  if (runs === 0) found.push(await scene.filler.found(false));
  await window.close();
  return {
    title: `Messages that ${runs === 0 ? 'the scheduled run' : 'a dry run'} of the reprocessor finds`,
    unit: 'messages',
    results: [exactly('in ApiCallDlq', of), summarize('while the console shows Failures', found)],
  };
}

const sizeOf = (events: number, failures: number): string =>
  `${events.toLocaleString('en')} events, ${failures} dead-letter messages`;

async function measure(scene: Scene): Promise<Bench> {
  const { filler, effort } = scene;
  const { events, failures } = effort;
  await filler.failures(FEW);
  await filler.park();
  await filler.webhooks(FEW);
  await filler.failures(FEW);
  const few = sizeOf(FEW, FEW);
  const [shown] = await measureViews(scene, few);
  const dryRuns = await measureRuns(scene, FEW, DRY_RUNS);
  const webhooks = Math.round(events / 10) - FEW;
  await filler.webhooks(webhooks);
  await filler.requests(events - FEW - webhooks);
  await filler.failures(failures - FEW);
  const many = sizeOf(events, failures);
  const sections = [
    ...(await measureViews(scene, many)),
    ...(shown === undefined ? [] : [shown]),
    ...(await measureTurns(scene)),
    dryRuns,
    await measureRuns(scene, failures),
  ];
  const memory = [exactly('the console', await peakMbOf(scene.consolePid))];
  return { sections: [...sections, { title: 'Peak memory', unit: 'MB', results: memory }], notes };
}

/** How quick the console is with thousands of events, and what it costs the stack, on a local stack that it starts and stops. */
export async function benchConsole({ console: effort }: Effort): Promise<Bench> {
  await requireNothingRunning();
  const stack = await up({
    command: 'npm run bench -- console',
    ownerPid: process.pid,
    // The timeout is the template's default, not the local stack's: requests come in batches of a thousand.
    parameters: { ReprocessorState: 'DISABLED', ApiCallTimeoutSeconds: '60' },
    signal: new AbortController().signal,
    silent: true,
  });
  const server = await startConsole();
  let browser: Browser | undefined;
  try {
    browser = await launchBrowser();
    const enginePid = (await readRunState())?.enginePid;
    if (server.address === undefined) throw new Error('The console did not start');
    const common = { stack, browser, enginePid, consolePid: server.pid, start: server.address };
    return await measure({ ...common, filler: createFiller(stack), effort });
  } finally {
    await browser?.close();
    await server.stop();
    await down();
  }
}
