import fc from 'fast-check';
import pMap from 'p-map';
import type { Scene } from '../scene.ts';
import { githubForgeries } from './github.ts';
import { type Forgeries, seeds } from './seed.ts';
import { sendRaw, smuggled } from './smuggled.ts';
import { type Times, timesBySize } from './times.ts';
import { twilioForgeries } from './twilio.ts';
import { type Answered, createWire } from './wire.ts';

/** What the requests of one class were answered with, by status; 0: the connection was closed. */
export interface ClassRow {
  readonly name: string;
  readonly statuses: Readonly<Record<string, number>>;
}

export interface Forged {
  readonly classes: readonly ClassRow[];
  readonly sent: number;
  /** Answered 2xx, or seen on the bus. */
  readonly accepted: number;
  /** Answered 5xx. */
  readonly errors: number;
  readonly times: readonly Times[];
}

const CONCURRENCY = 6;

const tallyOf = (statuses: readonly number[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(statuses, (status) => status)].map(([status, of]) => [
      String(status),
      of.length,
    ]),
  );

interface Target {
  readonly provider: string;
  readonly url: string;
  readonly forgeries: Forgeries;
}

interface Outcome {
  readonly row: ClassRow;
  readonly answers: readonly Answered[];
}

/** Every class of a provider, its requests following from the seed. */
async function forgeAll(target: Target, seed: number, perClass: number): Promise<Outcome[]> {
  const wire = createWire(target.url);
  const outcomes: Outcome[] = [];
  for (const [name, forge] of Object.entries(target.forgeries)) {
    const made = fc.sample(seeds, { seed, numRuns: perClass });
    const answers = await pMap(made, async (one) => wire.send(await forge(one)), {
      concurrency: CONCURRENCY,
    });
    const statuses = tallyOf(answers.map(({ status }) => status));
    outcomes.push({ row: { name: `${target.provider}: ${name}`, statuses }, answers });
  }
  wire.close();
  return outcomes;
}

async function smuggleAll(target: Target, perClass: number): Promise<ClassRow[]> {
  const rows: ClassRow[] = [];
  for (const [name, rest] of Object.entries(smuggled)) {
    const statuses = await pMap(Array.from({ length: perClass }), () => sendRaw(target.url, rest), {
      concurrency: CONCURRENCY,
    });
    rows.push({ name: `${target.provider}, on the wire: ${name}`, statuses: tallyOf(statuses) });
  }
  return rows;
}

const targetsOf = ({ secrets, stack }: Scene): Target[] => [
  {
    provider: 'GitHub',
    url: stack.functionUrls.github ?? '',
    forgeries: githubForgeries(secrets.now.github),
  },
  {
    provider: 'Twilio',
    url: stack.functionUrls.twilio ?? '',
    forgeries: twilioForgeries({
      token: secrets.now.twilio,
      host: new URL(stack.outputs['TwilioWebhookUrl'] ?? '').host,
    }),
  },
];

const countOf = (rows: readonly ClassRow[], holds: (status: number) => boolean): number =>
  rows
    .flatMap(({ statuses }) => Object.entries(statuses))
    .reduce((sum, [status, count]) => (holds(Number(status)) ? sum + count : sum), 0);

/** Sends `total` forged and malformed requests over HTTP to the deployed function URLs. */
export async function forge(scene: Scene, seed: number, total: number): Promise<Forged> {
  const targets = targetsOf(scene);
  const classes = targets.reduce(
    (sum, { forgeries }) => sum + Object.keys({ ...forgeries, ...smuggled }).length,
    0,
  );
  const perClass = Math.ceil(total / classes);
  const webhooks = () =>
    scene.observer.filter(({ source }) => source === 'github.com' || source === 'twilio.com');
  const before = (await webhooks()).length;
  const outcomes: Outcome[] = [];
  const wired: ClassRow[] = [];
  for (const target of targets) {
    outcomes.push(...(await forgeAll(target, seed, perClass)));
    wired.push(...(await smuggleAll(target, perClass)));
  }
  const rows = [...outcomes.map(({ row }) => row), ...wired];
  return {
    classes: rows,
    sent: countOf(rows, () => true),
    accepted:
      countOf(rows, (status) => status >= 200 && status < 300) +
      ((await webhooks()).length - before),
    errors: countOf(rows, (status) => status >= 500),
    times: timesBySize(outcomes.flatMap(({ answers }) => answers)),
  };
}
