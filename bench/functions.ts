import { join } from 'node:path';
import { functionFolders } from '../build/function-folders.ts';
import { type Built, type Home, withHome } from './build.ts';
import { type AwsStub, type Command, figuresOf, startAws } from './children.ts';
import type { Effort } from './effort.ts';
import { functionEnvironment } from './environment.ts';
import { type Case, compare, exactly, type Result, summarize } from './harness.ts';
import { startOrg } from './org.ts';
import { providers } from './providers.ts';
import { fillQueue, stubSqs } from './queue.ts';
import type { Bench, Section } from './report.ts';
import { codeBytes } from './size.ts';
import { memorySize } from './template.ts';

const LOAD = 1_000;
const KB = 1_024;

const notes = [
  'Each function alone, from the start of its process to its end: webhooks handle one webhook, apicall a batch of one request (session, idempotency record, reply), dlq-reprocessor reads an empty queue. Under load: 1,000 of them, for apicall in one batch, for dlq-reprocessor as dead-letter messages to redrive.',
];

/** A function's input: its event, or the arguments of `bench/load.ts`. */
interface Role {
  readonly functionName: string;
  readonly secret: string;
  readonly once: readonly string[];
  readonly load: readonly string[];
}

const rolesOf = (salesforceSecret: string): Role[] => [
  ...providers.map(({ functionName, sample, secret }) => ({
    functionName,
    secret,
    once: ['cold.mjs', sample],
    load: ['load.mjs', sample, '0', String(LOAD)],
  })),
  {
    functionName: 'salesforce-apicall',
    secret: salesforceSecret,
    once: ['load.mjs', 'queue', '0', '1'],
    load: ['load.mjs', 'queue', '0', String(LOAD)],
  },
  {
    functionName: 'dlq-reprocessor',
    secret: '',
    once: ['load.mjs', 'redrive', '0', '0'],
    load: ['load.mjs', 'redrive', '0', String(LOAD)],
  },
];

interface Staged extends Role {
  readonly aws: AwsStub;
  readonly layered: Built;
  readonly bundled: Built;
}

const commandOf = (
  { functionName, aws }: Staged,
  { folder }: Built,
  [script = '', ...args]: readonly string[],
): Command => ({
  program: process.execPath,
  args: [join(folder, script), ...args],
  env: functionEnvironment(functionName, aws.url),
});

const coldCases = (staged: Staged): Case[] => [
  {
    name: `${staged.functionName}, with the layer`,
    measure: () => figuresOf(commandOf(staged, staged.layered, staged.once)),
  },
  {
    name: `${staged.functionName}, everything bundled`,
    measure: () => figuresOf(commandOf(staged, staged.bundled, staged.once)),
  },
];

async function memoryUnderLoad(staged: Staged, rounds: number): Promise<Result> {
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (staged.functionName === 'dlq-reprocessor') {
      await fillQueue(stubSqs(staged.aws.url), `${staged.aws.url}/dead`, LOAD);
    }
    const { rssMb } = await figuresOf(commandOf(staged, staged.layered, staged.load));
    peaks.push(rssMb ?? Number.NaN);
  }
  return summarize(staged.functionName, peaks);
}

function sizes(home: Home, all: readonly Staged[]): Section {
  const row = (name: string, bytes: number): Result => exactly(name, bytes / KB);
  const rows = all.flatMap(({ functionName, layered, bundled }) => [
    row(`${functionName}: its bundle`, layered.size.bytes),
    row(
      `${functionName}: loaded at its start, layer included`,
      layered.size.loadedBytes + layered.size.layerBytes,
    ),
    row(`${functionName}: everything bundled`, bundled.size.bytes),
    row(`${functionName}: loaded of that at its start`, bundled.size.loadedBytes),
  ]);
  return {
    title: 'Code, minified, without source maps',
    unit: 'KB',
    results: [row('the layer', codeBytes(home.layerMeta)), ...rows],
  };
}

async function measure(home: Home, all: readonly Staged[], effort: Effort): Promise<Section[]> {
  const cold = await compare(all.flatMap(coldCases), effort.coldRounds);
  const underLoad: Result[] = [];
  for (const staged of all) underLoad.push(await memoryUnderLoad(staged, effort.loadRounds));
  const largest = underLoad.toSorted((one, other) => other.median - one.median)[0]?.name ?? '';
  return [
    { title: 'Cold start of each function', unit: 'ms', results: cold('ms') },
    { title: 'CPU of a cold start', unit: 'ms', results: cold('cpuMs') },
    { title: 'Peak memory of a cold start', unit: 'MB', results: cold('rssMb') },
    {
      title: 'Peak memory under load',
      unit: 'MB',
      results: underLoad,
      goal: { name: largest, atMost: memorySize },
    },
    sizes(home, all),
  ];
}

async function stage(home: Home, role: Role): Promise<Staged> {
  if (!Object.values(functionFolders).includes(role.functionName))
    throw new Error(`There is no ${role.functionName}`);
  return {
    ...role,
    layered: await home.buildFunctionWithLayer(role.functionName),
    bundled: await home.buildFunctionWithLayer(role.functionName, true),
    aws: await startAws(role.secret),
  };
}

/** Cold start, memory and size of each function, with the layer and without. */
export const benchFunctions = (effort: Effort): Promise<Bench> =>
  withHome(async (home) => {
    const org = await startOrg();
    const all: Staged[] = [];
    try {
      for (const role of rolesOf(org.secret)) all.push(await stage(home, role));
      return { sections: await measure(home, all, effort), notes };
    } finally {
      for (const { aws } of all) aws.stop();
      await org.stop();
    }
  });
