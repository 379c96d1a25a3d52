import { join } from 'node:path';
import { type Built, withHome } from './build.ts';
import { type AwsStub, type Command, figuresOf, startAws } from './children.ts';
import type { Effort } from './effort.ts';
import { functionEnvironment } from './environment.ts';
import { exactly, type Figures, type Result, summarize } from './harness.ts';
import { startOrg } from './org.ts';
import { providers } from './providers.ts';
import type { Bench, Section } from './report.ts';

const WARM_UP = 1_000;

const notes = [
  'Growth: the bundled handlers in separate processes, with stubs of AWS and the simulated org, not on the engine. Every process first handles 1,000 events to warm up, which count as calls, but not as CPU. Messages arrive in batches of 1,000.',
];

const named = (events: number): string => `${events.toLocaleString('en')} events`;

interface Load {
  readonly name: string;
  readonly command: (events: number) => Command;
  readonly aws: AwsStub;
  /** API calls that Salesforce has counted, if it is called. */
  readonly salesforceCalls?: () => Promise<number>;
}

const total = (calls: Readonly<Record<string, number>>): number =>
  Object.values(calls).reduce((sum, count) => sum + count, 0);

/** Runs one process with a load. Returns its figures, and the AWS and Salesforce calls per event. */
async function measure(load: Load, events: number): Promise<Figures> {
  await load.aws.calls();
  const before = (await load.salesforceCalls?.()) ?? 0;
  const figures = await figuresOf(load.command(events));
  const made = events + WARM_UP;
  const aws = total(await load.aws.calls()) / made;
  if (load.salesforceCalls === undefined) return { ...figures, aws };
  return { ...figures, aws, salesforce: ((await load.salesforceCalls()) - before) / made };
}

const goalOf = (events: readonly number[], within: number) => ({
  name: named(events.at(-1) ?? 0),
  within,
});

async function measureAll(load: Load, { events, loadRounds }: Effort): Promise<Section[]> {
  const found = new Map(events.map((count): [number, Figures[]] => [count, []]));
  for (let round = 0; round < loadRounds; round += 1) {
    for (const count of events) found.get(count)?.push(await measure(load, count));
  }
  const results = (figure: string): Result[] =>
    [...found].map(([count, all]) =>
      summarize(
        named(count),
        all.flatMap((figures) => figures[figure] ?? []),
      ),
    );
  const counted = (figure: string): Result[] =>
    results(figure).map(({ name, median }) => exactly(name, median));
  const section = (title: string, unit: string, rows: Result[], within: number): Section => ({
    title: `${load.name}: ${title}`,
    unit,
    results: rows,
    goal: goalOf(events, within),
  });
  const ofSalesforce = load.salesforceCalls
    ? [section('Salesforce calls for each event', 'calls', counted('salesforce'), 0.02)]
    : [];
  return [
    section('AWS calls for each event', 'calls', counted('aws'), 0.02),
    ...ofSalesforce,
    section('CPU of each event', 'µs', results('usPerEvent'), 0.25),
    { title: `${load.name}: peak memory`, unit: 'MB', results: results('rssMb') },
  ];
}

const commandOf =
  (built: Built, functionName: string, endpoint: string, what: string) =>
  (events: number): Command => ({
    program: process.execPath,
    args: [join(built.folder, 'load.mjs'), what, String(WARM_UP), String(events)],
    env: functionEnvironment(functionName, endpoint),
  });

async function growOfWebhooks(built: Built, effort: Effort): Promise<Section[]> {
  const [{ name, functionName, sample, secret }] = providers;
  const aws = await startAws(secret);
  try {
    const command = commandOf(built, functionName, aws.url, sample);
    return await measureAll({ name: `${name} webhooks`, command, aws }, effort);
  } finally {
    aws.stop();
  }
}

async function growOfQueue(built: Built, effort: Effort): Promise<Section[]> {
  const org = await startOrg();
  const aws = await startAws(org.secret);
  try {
    const command = commandOf(built, 'salesforce-apicall', aws.url, 'queue');
    const load = { name: 'apicall', command, aws, salesforceCalls: org.calls };
    return await measureAll(load, effort);
  } finally {
    aws.stop();
    await org.stop();
  }
}

/** Whether the cost per event depends on the number of events. */
export const benchGrowth = (effort: Effort): Promise<Bench> =>
  withHome(async ({ buildFunctionWithLayer }) => {
    const webhooks = await growOfWebhooks(
      await buildFunctionWithLayer(providers[0].functionName),
      effort,
    );
    const queue = await growOfQueue(await buildFunctionWithLayer('salesforce-apicall'), effort);
    return { sections: [...webhooks, ...queue], notes };
  });
