import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { localClient } from './aws.ts';
import { startConsole } from './console.ts';
import { describeStack } from './describe.ts';
import { readLogs } from './logs.ts';
import { requireNothingRunning, requireRunning } from './run-state.ts';
import { writeStack } from './stack-file.ts';
import { down, up } from './up.ts';
import type { UpOptions } from './up-options.ts';

const POLL_MS = 500;

async function logGroups(endpoint: string): Promise<string[]> {
  const client = new CloudWatchLogsClient(localClient(endpoint));
  const { logGroups: groups = [] } = await client.send(new DescribeLogGroupsCommand({}));
  return groups.flatMap(({ logGroupName }) => logGroupName ?? []);
}

async function followLogs(endpoint: string, signal: AbortSignal): Promise<void> {
  const groups = await logGroups(endpoint);
  const seen = new Set<string>();
  const since = Date.now();
  while (!signal.aborted) {
    await requireRunning();
    for (const { eventId, logGroup, message } of await readLogs(endpoint, groups, since)) {
      if (seen.has(eventId)) continue;
      seen.add(eventId);
      console.log(`${logGroup.split('/').at(-1)}  ${message}`);
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Runs the stack in the foreground: prints its addresses, then its log lines, until `signal` is aborted.
 *
 * @throws StackError if a process of the stack ends unexpectedly.
 */
export async function start(options: Omit<UpOptions, 'command' | 'ownerPid'>): Promise<void> {
  await requireNothingRunning();
  const stack = await up({ ...options, command: 'npm start', ownerPid: process.pid });
  const { address, stop } = await startConsole();
  await writeStack({ ...stack, console: address });
  console.log(
    `\n${describeStack(stack)}\n\nThe functions' log lines follow. Press Ctrl-C to stop the stack.\n`,
  );
  if (address !== undefined) console.log(`See and steer it: ${address}\n`);
  try {
    await followLogs(stack.endpoint, options.signal);
  } finally {
    await stop();
    await down();
    console.log('The stack is stopped.');
  }
}
