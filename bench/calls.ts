import { type Made, ourClient, type Request, stockClient } from './calls/clients.ts';
import { creates, mixed, OBJECTS, seeds } from './calls/requests.ts';
import { exactly } from './harness.ts';
import { startOrg } from './org.ts';
import type { Bench, Section } from './report.ts';

const PEER = 'jsforce, one call for each';
const OURS = 'this stack, one batch';

type Connect = typeof ourClient;

/** The API calls that a new org counts for the requests. @throws if any request fails. */
async function count(
  connect: Connect,
  requestsOf: (ids: ReadonlyMap<string, readonly string[]>) => readonly Request[],
): Promise<number> {
  const org = await startOrg();
  try {
    const make = await connect(org.url, org.org);
    const ids = idsOf(seeds(), await make(seeds()));
    const before = await org.calls();
    const made = await make(requestsOf(ids));
    const failed = made.filter(({ isDone }) => !isDone).length;
    if (failed > 0) throw new Error(`${failed} requests failed: the count is meaningless`);
    return (await org.calls()) - before;
  } finally {
    await org.stop();
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
  atMost: number,
  requestsOf: (ids: ReadonlyMap<string, readonly string[]>) => readonly Request[],
): Promise<Section> {
  return {
    title: `Salesforce API calls for ${title}`,
    unit: 'calls',
    results: [
      exactly(PEER, await count(stockClient, requestsOf)),
      exactly(OURS, await count(ourClient, requestsOf)),
    ],
    goal: { name: OURS, atMost },
  };
}

const notes = [
  'API calls are counted by the simulated org, as Salesforce counts them. One call for each is what jsforce makes, and TriggerMesh, API destinations and Confluent with it.',
];

/** Salesforce API calls for 1,000 requests, as the simulated org counts them. */
export const benchCalls = async (): Promise<Bench> => ({
  sections: [
    await section('1,000 creates', 5, creates),
    await section('1,000 writes of four kinds to four objects', 45, mixed),
  ],
  notes,
});
