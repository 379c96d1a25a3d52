import { performance } from 'node:perf_hooks';
import pMap from 'p-map';
import { issueOpened, sendGitHub } from '../local/demo/github.ts';
import { simulatedOrg } from '../local/demo/salesforce.ts';
import { requireNothingRunning } from '../local/stack/run-state.ts';
import type { Stack } from '../local/stack/stack-file.ts';
import { down, up } from '../local/stack/up.ts';
import { waitFor } from '../local/stack/wait.ts';
import type { Effort } from './effort.ts';
import { exactly } from './harness.ts';
import type { Bench } from './report.ts';

/** Concurrent senders: as many as a webhook function has containers (template.yaml, WebhookReservedConcurrency). */
const CONCURRENCY = 10;

const WAIT_MS = 300_000;

const notes = [
  'Through the stack: signed `issues.opened` webhooks, ten at a time, through function URL, bus, rule, and queue to a Case in the simulated org, on the local engine. This shows that there is no bottleneck in the stack, not the throughput on AWS.',
];

async function sendAll(stack: Stack, count: number): Promise<void> {
  const url = stack.functionUrls.github;
  if (url === undefined) throw new Error('The stack has no GitHub URL');
  const payload = issueOpened();
  await pMap(
    Array.from({ length: count }),
    async () => {
      const { status, body } = await sendGitHub(url, stack.secrets.github, payload);
      if (status !== 202) throw new Error(`The response to a webhook was ${status} ${body}`);
    },
    { concurrency: CONCURRENCY },
  );
}

/** Seconds until all webhooks were accepted, and until all Cases existed. */
async function run(stack: Stack, count: number) {
  const org = simulatedOrg(stack.salesforce.url);
  const cases = async (): Promise<number> => (await org.records('Case')).length;
  await sendAll(stack, 1);
  await waitFor('the first Case', async () => ((await cases()) >= 1 ? true : undefined));
  const callsBefore = (await org.calls()).length;
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1_000;
  await sendAll(stack, count);
  const answered = seconds();
  await waitFor(`${count} Cases`, async () => ((await cases()) >= count + 1 ? true : undefined), {
    timeoutMs: WAIT_MS,
  });
  const applied = seconds();
  return { answered, applied, calls: (await org.calls()).length - callsBefore };
}

/** Events per second from webhook to Salesforce record, on a local stack that it starts and stops. */
export async function benchStack({ throughStack: count }: Effort): Promise<Bench> {
  await requireNothingRunning();
  const stack = await up({
    command: 'npm run bench -- stack',
    ownerPid: process.pid,
    parameters: { ReprocessorState: 'DISABLED' },
    signal: new AbortController().signal,
    silent: true,
  });
  try {
    const { answered, applied, calls } = await run(stack, count);
    return {
      sections: [
        {
          title: `${count.toLocaleString('en')} webhooks through the local stack`,
          unit: '/s',
          results: [
            exactly('webhooks answered', count / answered),
            exactly('Cases in Salesforce', count / applied),
          ],
        },
        {
          title: 'Salesforce API calls for them, arriving live',
          unit: 'calls',
          results: [exactly('one call for each', count), exactly('this stack', calls)],
        },
      ],
      notes,
    };
  } finally {
    await down();
  }
}
