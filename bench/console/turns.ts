import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { type Case, compare, type Figures } from '../harness.ts';
import type { Filler } from './fill.ts';
import { cpuMsOf } from './process.ts';
import { openWindow, type Window } from './window.ts';

export const OPEN = 'with the console in three windows: Flow, Events, Failures';

/** The windows' first readings are over, and all of them poll. */
const SETTLE_MS = 4_000;

const isShown = `document.querySelector('main')?.innerText.length > 200`;

interface Scene {
  readonly browser: Browser;
  /** The console's address, with its token. */
  readonly start: string;
  readonly filler: Filler;
  readonly webhooks: number;
  readonly enginePid: number | undefined;
  readonly consolePid: number | undefined;
}

/** Sends webhooks until all are Cases. */
async function turn({ consolePid, enginePid, filler, webhooks }: Scene): Promise<Figures> {
  const [engine, server] = await Promise.all([cpuMsOf(enginePid), cpuMsOf(consolePid)]);
  const startedAt = performance.now();
  await filler.webhooks(webhooks);
  const ms = performance.now() - startedAt;
  return {
    seconds: ms / 1_000,
    engineMs: ((await cpuMsOf(enginePid)) - engine) / webhooks,
    serverMs: ((await cpuMsOf(consolePid)) - server) / (ms / 1_000),
  };
}

async function turnWithWindows(scene: Scene): Promise<Figures> {
  const windows: Window[] = [];
  try {
    for (const view of ['flow', 'events', 'failures']) {
      const window = await openWindow(scene.browser, scene.start);
      windows.push(window);
      await window.show(view, isShown);
    }
    await delay(SETTLE_MS);
    const figures = await turn(scene);
    const tasks = await Promise.all(windows.map((window) => window.longestTaskMs()));
    return { ...figures, longestTaskMs: Math.max(...tasks) };
  } finally {
    await Promise.all(windows.map((window) => window.close()));
  }
}

/** What webhooks take while nobody looks, and while the console shows the stack. */
export function compareTurns(scene: Scene, rounds: number) {
  const cases: readonly Case[] = [
    { name: 'nobody looks', measure: () => turn(scene) },
    { name: 'the same again (A/A)', measure: () => turn(scene) },
    { name: OPEN, measure: () => turnWithWindows(scene) },
  ];
  return compare(cases, rounds);
}
