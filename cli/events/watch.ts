import { parsePastTime, type StackOptions } from '../options.ts';
import type { Dependencies, Screen } from './dependencies.ts';
import { summariesOf } from './list.ts';
import { INTERRUPTED, intervalOf } from './log.ts';
import { type LogLine, OWN_LINES, toLine } from './logs.ts';
import { createFilter, type FilterOptions } from './pattern.ts';
import { formatLine, formatScreen } from './print.ts';
import { handleAwsError } from './show.ts';
import { findEventStack } from './stack.ts';
import { followTexts } from './tail.ts';
import type { EventSummary } from './trace.ts';

export interface WatchOptions extends StackOptions, FilterOptions {
  readonly since?: string;
  readonly json?: boolean;
}

/** What is remembered to tell how an event goes on. */
const MAX_LINES = 20_000;

/** Keeps the latest lines, and tells which events they change. */
function createEvents() {
  let lines: readonly LogLine[] = [];
  let known = new Map<string, string>();
  let all: readonly EventSummary[] = [];
  return {
    /** @returns all events, and those that are new or changed; both oldest first. */
    add: (added: readonly LogLine[]) => {
      if (added.length === 0) return { all, changed: [] };
      lines = [...lines, ...added].slice(-MAX_LINES);
      all = summariesOf(lines).toReversed();
      const changed = all.filter((event) => known.get(event.id) !== JSON.stringify(event));
      known = new Map(all.map((event) => [event.id, JSON.stringify(event)]));
      return { all, changed };
    },
  };
}

/** Shows what changed: as a table where there is a screen for it, else a line for each event. */
function createShow(
  { json }: WatchOptions,
  print: Dependencies['print'],
  screen: Screen | undefined,
) {
  if (json)
    return (_: unknown, changed: readonly EventSummary[]) => {
      for (const event of changed) print(JSON.stringify(event));
    };
  if (screen === undefined)
    return (_: unknown, changed: readonly EventSummary[]) => {
      for (const event of changed) print(formatLine(event));
    };
  return (all: readonly EventSummary[]) => screen.show(formatScreen(all, screen.size()));
}

/** `watch`: events and what becomes of them, until Ctrl-C. @returns the exit code */
export async function runWatch(options: WatchOptions, dependencies: Dependencies): Promise<number> {
  const { createClients, log, openScreen, print, sleep, stopSignal } = dependencies;
  const isWanted = createFilter(options);
  const since = options.since === undefined ? new Date() : parsePastTime(options.since);
  const clients = await createClients(options);
  const stack = await findEventStack(clients, options, handleAwsError);
  const interval = intervalOf(options);
  log(
    `Reading the functions' log lines every ${interval / 1_000} s${options.local ? '' : ' (CloudWatch Logs, free of charge; lines arrive some seconds late)'}. Ctrl-C ends.`,
  );
  const events = createEvents();
  const screen = options.json ? undefined : await openScreen?.();
  const show = createShow(options, print, screen);
  const wait = () => sleep(interval);
  const tail = { clients, stack, since, ids: OWN_LINES, signal: stopSignal, wait };
  try {
    for await (const page of followTexts(tail, handleAwsError)) {
      const { all, changed } = events.add(page.flatMap((text) => toLine(text) ?? []));
      show(all.filter(isWanted), changed.filter(isWanted));
    }
  } finally {
    screen?.end();
  }
  return INTERRUPTED;
}
