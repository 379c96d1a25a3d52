import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createVenv, findPython, isReady, type Venv, venvBin } from '../local/stack/python.ts';
import { type Built, createBuilder } from './build.ts';
import { type Command, printedNumber, startStub, wholeProcess } from './children.ts';
import { type Case, compare } from './harness.ts';
import type { Section } from './report.ts';

const quickStart: Venv = { name: 'bench', lock: 'bench/quick-start/requirements.txt' };

/** Samples, and the secrets that they are signed with. */
const providers = [
  {
    name: 'GitHub',
    room: 'github-webhook',
    sample: 'events/url-github-issue-opened.json',
    secret: "It's a Secret to Everybody",
    peer: { name: "Octokit's middleware (bundled, Node server)", script: 'octokit' },
  },
  {
    name: 'Twilio',
    room: 'twilio-webhook',
    sample: 'events/url-twilio-message-received.json',
    secret: '12345678901234567890123456789012',
    peer: { name: "Twilio's middleware (bundled, without a server)", script: 'twilio' },
  },
] as const;
type ProviderCase = (typeof providers)[number];

export interface Effort {
  /** Processes started of each kind. */
  readonly coldRounds: number;
  readonly warmRounds: number;
  /** Webhooks handled by each warm process, after as many to warm up. */
  readonly calls: number;
}

interface Scene {
  readonly provider: ProviderCase;
  readonly layered: Built;
  readonly bundled: Built;
  /** The provider's own middleware, as a script. */
  readonly peer: string;
  readonly python: string;
  readonly env: Readonly<Record<string, string>>;
}

async function ensureQuickStart(): Promise<string> {
  const onLine = (line: string): void => console.error(line);
  if (!(await isReady(quickStart))) await createVenv(quickStart, await findPython(), { onLine });
  return venvBin(quickStart, 'python');
}

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook';

/** What Lambda gives the function by the template, and what the stand-in reads. */
const environment = ({ name, room }: ProviderCase, endpoint: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: endpoint,
  POWERTOOLS_SERVICE_NAME: room,
  POWERTOOLS_METRICS_NAMESPACE: 'bench',
  GITHUB_WEBHOOK_SECRET_ARN: ARN,
  TWILIO_WEBHOOK_SECRET_ARN: ARN,
  SECRET_ARN: ARN,
  EVENT_BUS_NAME: 'bus',
  SPILL_QUEUE_URL: `${endpoint}/spill`,
  PAYLOAD_BUCKET_NAME: 'payloads',
  PROVIDER: name.toLowerCase(),
  PYTHONDONTWRITEBYTECODE: '',
});

function commands({ env, provider, python }: Scene) {
  const { sample } = provider;
  const node = (...args: string[]): Command => ({ program: process.execPath, args, env });
  return {
    node,
    python: (...args: string[]): Command => ({ program: python, args, env }),
    cold: ({ folder }: Built): Command => node(join(folder, 'cold.mjs'), sample),
    warm: ({ folder }: Built, what: string, calls: number): Command =>
      node(join(folder, 'warm.mjs'), sample, what, String(calls)),
  };
}

function coldCases(scene: Scene): Case[] {
  const { cold, node, python } = commands(scene);
  const whole = (name: string, command: Command): Case => ({
    name,
    measure: () => wholeProcess(command),
  });
  return [
    whole(
      'quick start (stand-in, Python, boto3)',
      python('bench/quick-start/cold.py', scene.provider.sample),
    ),
    whole('this stack, with the layer', cold(scene.layered)),
    whole('the same again (A/A)', cold(scene.layered)),
    whole('this stack, everything bundled', cold(scene.bundled)),
    whole(scene.provider.peer.name, node(scene.peer, scene.provider.sample)),
    whole('Node alone', node('--eval', '0')),
    whole('Python alone', python('-c', '0')),
  ];
}

function warmCases(scene: Scene, calls: number): Case[] {
  const { python, warm } = commands(scene);
  const { sample } = scene.provider;
  const cpu = (name: string, command: Command): Case => ({
    name,
    measure: () => printedNumber(command),
  });
  const quick = (what: string) => python('bench/quick-start/warm.py', sample, what, String(calls));
  return [
    cpu("AWS SDK's PutEvents alone", warm(scene.layered, 'putEvents', calls)),
    cpu('the same again (A/A)', warm(scene.layered, 'putEvents', calls)),
    cpu('this stack', warm(scene.layered, 'handler', calls)),
    cpu("boto3's PutEvents alone", quick('putEvents')),
    cpu('quick start (stand-in)', quick('handler')),
  ];
}

async function benchProvider(scene: Scene, effort: Effort): Promise<Section[]> {
  const { name } = scene.provider;
  return [
    {
      title: `${name}: cold start to answer`,
      unit: 'ms',
      results: await compare(coldCases(scene), effort.coldRounds),
      goal: { name: 'this stack, with the layer', ratio: 0.2 },
    },
    {
      title: `${name}: CPU per webhook, warm`,
      unit: 'µs',
      results: await compare(warmCases(scene, effort.calls), effort.warmRounds),
      goal: { name: 'this stack', ratio: 1.25 },
    },
  ];
}

const sizes = (name: string, { layered, bundled }: Scene): string =>
  `${name}: bundle ${layered.bundleBytes} B, with ${layered.layerBytes} B of the layer loaded at start; bundled whole ${bundled.bundleBytes} B`;

/** Cold and warm path of each webhook beside the quick start's and the SDK's; sizes of what is loaded. */
export async function benchWebhooks(effort: Effort) {
  const python = await ensureQuickStart();
  const builder = await createBuilder();
  const sections: Section[] = [];
  const notes: string[] = [];
  try {
    for (const provider of providers) {
      const stub = await startStub(provider.secret);
      try {
        const layered = await builder.buildRoom(provider.room, false);
        const bundled = await builder.buildRoom(provider.room, true);
        const peer = await builder.buildPeer(provider.peer.script);
        const env = environment(provider, stub.url);
        const scene = { provider, layered, bundled, peer, python, env };
        sections.push(...(await benchProvider(scene, effort)));
        notes.push(sizes(provider.name, scene));
      } finally {
        stub.stop();
      }
    }
  } finally {
    await rm(builder.home, { recursive: true });
  }
  return { sections, notes };
}
