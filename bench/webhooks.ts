import { join } from 'node:path';
import { type Built, type Home, withHome } from './build.ts';
import { type Command, figuresOf, startAws } from './children.ts';
import type { Effort } from './effort.ts';
import { functionEnvironment, quickStartEnvironment } from './environment.ts';
import { type Case, compare } from './harness.ts';
import { type ProviderCase, providers } from './providers.ts';
import { prepareQuickStart, type QuickStart } from './quick-start.ts';
import type { Bench, Section } from './report.ts';

const OURS = 'this stack, with the layer';
const AGAIN = 'the same again (A/A)';
const SDK = "AWS SDK's PutEvents alone";

const notes = [
  "The quick start is AWS's own (aws-samples/serverless-patterns, eventbridge-webhooks), re-created from its published behaviour in `bench/quick-start/app.py` with its own packages: boto3, aws-secretsmanager-caching.",
  'As deployed, its packages have no byte code: SAM leaves it out and dates every file 1980, and `/var/task` cannot be written to (aws/aws-lambda-builders#924), so that every cold start compiles them. The row with byte code is what it would be with a package made by hand.',
  'Cold: from the start of the process to its end; it loads the handler, reads the secret from a stand-in for Secrets Manager, verifies one webhook, puts one event on a stand-in for EventBridge. The CPU of the same processes changes less with what else the machine does.',
  "The providers' middleware gets what any receiver needs besides: the secret from Secrets Manager and the event to EventBridge, with the AWS SDK.",
];

interface Scene {
  readonly provider: ProviderCase;
  readonly layered: Built;
  readonly bundled: Built;
  /** The provider's own middleware, as a script. */
  readonly peer: string;
  readonly quickStart: QuickStart;
  readonly env: Readonly<Record<string, string>>;
}

function commands({ env, provider, quickStart }: Scene) {
  const { sample } = provider;
  const node = (...args: string[]): Command => ({ program: process.execPath, args, env });
  const python = (folder: string, more: Command['env'], ...args: string[]): Command => {
    const [script = '', ...rest] = args;
    const program = quickStart.python;
    return { program, args: [join(folder, script), ...rest], env: { ...env, ...more } };
  };
  return {
    node,
    cached: (...args: string[]) => python('bench/quick-start', {}, ...args),
    deployed: (...args: string[]) => python(quickStart.deployed, quickStart.deployedEnv, ...args),
    cold: ({ folder }: Built): Command => node(join(folder, 'cold.mjs'), sample),
    warm: ({ folder }: Built, what: string, calls: number): Command =>
      node(join(folder, 'warm.mjs'), sample, what, String(calls)),
  };
}

const toCase = (name: string, command: Command): Case => ({
  name,
  measure: () => figuresOf(command),
});

function coldCases(scene: Scene): Case[] {
  const { cached, cold, deployed, node } = commands(scene);
  const { peer, sample } = { ...scene.provider, peer: scene.provider.peer.name };
  return [
    toCase('quick start as deployed (stand-in, Python, boto3)', deployed('cold.py', sample)),
    toCase('the same again (A/A) ', deployed('cold.py', sample)),
    toCase('quick start with byte code', cached('cold.py', sample)),
    toCase(peer, node(scene.peer, sample)),
    toCase(OURS, cold(scene.layered)),
    toCase(AGAIN, cold(scene.layered)),
    toCase('this stack, everything bundled', cold(scene.bundled)),
    toCase('Node alone', node(join(scene.layered.folder, 'nothing.mjs'))),
    toCase('Python alone', cached('nothing.py')),
  ];
}

function warmCases(scene: Scene, calls: number): Case[] {
  const { cached, warm } = commands(scene);
  const { sample } = scene.provider;
  const python = (what: string) => cached('warm.py', sample, what, String(calls));
  return [
    toCase(SDK, warm(scene.layered, 'putEvents', calls)),
    toCase(AGAIN, warm(scene.layered, 'putEvents', calls)),
    toCase('this stack', warm(scene.layered, 'handler', calls)),
    toCase("boto3's PutEvents alone", python('putEvents')),
    toCase('quick start (stand-in)', python('handler')),
  ];
}

async function benchProvider(scene: Scene, effort: Effort): Promise<Section[]> {
  const { name } = scene.provider;
  const cold = await compare(coldCases(scene), effort.coldRounds);
  const warm = await compare(warmCases(scene, effort.calls), effort.warmRounds);
  const goal = { name: OURS, ratio: 0.2 };
  return [
    { title: `${name}: cold start to answer`, unit: 'ms', results: cold('ms'), goal },
    { title: `${name}: CPU of a cold start`, unit: 'ms', results: cold('cpuMs'), goal },
    { title: `${name}: peak memory of a cold start`, unit: 'MB', results: cold('rssMb') },
    {
      title: `${name}: CPU of a webhook, warm`,
      unit: 'µs',
      results: warm('usPerCall'),
      goal: { name: 'this stack', ratio: 1.25 },
    },
  ];
}

async function inScene(
  provider: ProviderCase,
  { buildPeer, buildFunctionWithLayer }: Home,
  quickStart: QuickStart,
  effort: Effort,
): Promise<Section[]> {
  const aws = await startAws(provider.secret);
  try {
    const env = {
      ...functionEnvironment(provider.functionName, aws.url),
      ...quickStartEnvironment(provider.name),
    };
    const layered = await buildFunctionWithLayer(provider.functionName);
    const bundled = await buildFunctionWithLayer(provider.functionName, true);
    const peer = await buildPeer(provider.peer.script);
    return await benchProvider({ provider, layered, bundled, peer, quickStart, env }, effort);
  } finally {
    aws.stop();
  }
}

/** Cold and warm path of each webhook beside the quick start's, the provider's middleware's and the SDK's. */
export const benchWebhooks = (effort: Effort): Promise<Bench> =>
  withHome(async (home) => {
    const quickStart = await prepareQuickStart(home.home);
    const sections: Section[] = [];
    for (const provider of providers) {
      sections.push(...(await inScene(provider, home, quickStart, effort)));
    }
    return { sections, notes };
  });
