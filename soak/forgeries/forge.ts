import fc from 'fast-check';
import pMap from 'p-map';
import type { Harness } from '../harness.ts';
import { githubForgeries } from './github.ts';
import { type Forgeries, seeds } from './seed.ts';
import { sendRaw, smuggled } from './smuggled.ts';
import { twilioForgeries } from './twilio.ts';
import { type Answered, createWire } from './wire.ts';

/** How the requests of one class were answered: counts by status; 0: the connection was closed. */
export interface ForgedClass {
  readonly name: string;
  readonly statuses: Readonly<Record<string, number>>;
}

export interface Forged {
  readonly classes: readonly ForgedClass[];
  readonly sent: number;
  /** Answered 2xx, or published to the bus. */
  readonly accepted: number;
  /** Answered 5xx. */
  readonly errors: number;
  /** The time of the slowest answer. */
  readonly slowestMs: number;
}

const CONCURRENCY = 6;

const countByStatus = (statuses: readonly number[]): Record<string, number> =>
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

interface Outcome extends ForgedClass {
  readonly answers: readonly Answered[];
}

/** Sends requests of every class of a provider, the same ones for the same seed. */
async function forgeAll(target: Target, seed: number, perClass: number): Promise<Outcome[]> {
  const wire = createWire(target.url);
  const outcomes: Outcome[] = [];
  for (const [name, forge] of Object.entries(target.forgeries)) {
    const made = fc.sample(seeds, { seed, numRuns: perClass });
    const answers = await pMap(made, async (one) => wire.send(await forge(one)), {
      concurrency: CONCURRENCY,
    });
    const statuses = countByStatus(answers.map(({ status }) => status));
    outcomes.push({ name: `${target.provider}: ${name}`, statuses, answers });
  }
  wire.close();
  return outcomes;
}

async function smuggleAll(target: Target, perClass: number): Promise<ForgedClass[]> {
  const classes: ForgedClass[] = [];
  for (const [name, rest] of Object.entries(smuggled)) {
    const statuses = await pMap(Array.from({ length: perClass }), () => sendRaw(target.url, rest), {
      concurrency: CONCURRENCY,
    });
    classes.push({
      name: `${target.provider}, raw HTTP: ${name}`,
      statuses: countByStatus(statuses),
    });
  }
  return classes;
}

const targetsOf = ({ secrets, stack }: Harness): Target[] => [
  {
    provider: 'GitHub',
    url: stack.functionUrls.github ?? '',
    forgeries: githubForgeries(secrets.current.github),
  },
  {
    provider: 'Twilio',
    url: stack.functionUrls.twilio ?? '',
    forgeries: twilioForgeries({
      token: secrets.current.twilio,
      host: new URL(stack.outputs['TwilioWebhookUrl'] ?? '').host,
    }),
  },
];

const countOf = (classes: readonly ForgedClass[], holds: (status: number) => boolean): number =>
  classes
    .flatMap(({ statuses }) => Object.entries(statuses))
    .reduce((sum, [status, count]) => (holds(Number(status)) ? sum + count : sum), 0);

/** Sends `total` forged and malformed requests over HTTP to the deployed function URLs. */
export async function forge(harness: Harness, seed: number, total: number): Promise<Forged> {
  const targets = targetsOf(harness);
  const kinds = targets.flatMap(({ forgeries }) => Object.keys({ ...forgeries, ...smuggled }));
  const perClass = Math.ceil(total / kinds.length);
  const webhookEvents = async (): Promise<number> => {
    const isWebhook = ({ source }: { readonly source: string }) =>
      source === 'github.com' || source === 'twilio.com';
    return (await harness.observer.filter(isWebhook)).length;
  };
  const before = await webhookEvents();
  const outcomes: Outcome[] = [];
  const smuggledClasses: ForgedClass[] = [];
  for (const target of targets) {
    outcomes.push(...(await forgeAll(target, seed, perClass)));
    smuggledClasses.push(...(await smuggleAll(target, perClass)));
  }
  const classes = [
    ...outcomes.map(({ name, statuses }) => ({ name, statuses })),
    ...smuggledClasses,
  ];
  return {
    classes,
    sent: countOf(classes, () => true),
    accepted:
      countOf(classes, (status) => status >= 200 && status < 300) +
      ((await webhookEvents()) - before),
    errors: countOf(classes, (status) => status >= 500),
    slowestMs: outcomes
      .flatMap(({ answers }) => answers)
      .reduce((slowest, { ms }) => Math.max(slowest, ms), 0),
  };
}
