import { startSimulator } from '../local/salesforce/server.ts';
import { makeOrgCredentials } from '../local/stack/simulator.ts';
import { type Made, ourClient, type Request, stockClient } from './calls/clients.ts';
import { creates, mixed, OBJECTS, seeds } from './calls/requests.ts';
import type { Section } from './report.ts';

const PEER = 'jsforce, one call for each';
const OURS = 'this stack, one batch';

type Connect = typeof ourClient;

async function total(url: string): Promise<number> {
  const answer: { total: number } = Object(await (await fetch(`${url}/__sim/calls`)).json());
  return answer.total;
}

/** How many API calls an org of its own has counted for some requests; every one of them has to succeed. */
async function count(
  connect: Connect,
  requestsOf: (ids: ReadonlyMap<string, readonly string[]>) => readonly Request[],
): Promise<number> {
  const org = makeOrgCredentials();
  const simulator = await startSimulator({ org });
  try {
    const make = await connect(simulator.url, org);
    const ids = idsOf(seeds(), await make(seeds()));
    const before = await total(simulator.url);
    const made = await make(requestsOf(ids));
    const failed = made.filter(({ isDone }) => !isDone).length;
    if (failed > 0) throw new Error(`${failed} requests failed: the count would mean nothing`);
    return (await total(simulator.url)) - before;
  } finally {
    await simulator.close();
  }
}

const idsOf = (requests: readonly Request[], made: readonly Made[]) =>
  new Map(
    OBJECTS.map((object): [string, string[]] => [
      object,
      made.filter((_, index) => requests[index]?.object === object).map(({ id }) => id),
    ]),
  );

async function section(
  title: string,
  ratio: number,
  requestsOf: (ids: ReadonlyMap<string, readonly string[]>) => readonly Request[],
): Promise<Section> {
  const row = (name: string, calls: number) => ({ name, median: calls, low: calls, high: calls });
  return {
    title,
    unit: 'calls',
    results: [
      row(PEER, await count(stockClient, requestsOf)),
      row(OURS, await count(ourClient, requestsOf)),
    ],
    goal: { name: OURS, ratio },
  };
}

/** Salesforce API calls for 1,000 requests, as the simulated org counts them. */
export async function benchCalls() {
  return {
    sections: [
      await section('1,000 creates', 5 / 1_000, creates),
      await section('1,000 writes of four kinds to four objects', 45 / 1_000, mixed),
    ],
    notes: [],
  };
}
