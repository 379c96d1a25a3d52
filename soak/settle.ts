import { deadLetterQueue } from '../local/demo/dead-letter-queue.ts';
import { StackError } from '../local/stack/errors.ts';
import { waitFor } from '../local/stack/wait.ts';
import type { Scene } from './scene.ts';

const QUEUES = ['ApiCallQueueUrl', 'ApiCallDlqUrl', 'RuleDlqUrl', 'SpillQueueUrl'] as const;

/** Empty queues so many times in a row: a delivery may be on its way from one to another. */
const QUIET_LOOKS = 2;

/** Messages in each queue, hidden ones too. */
export async function depths({ stack }: Scene): Promise<Record<string, number>> {
  const depthOf = async (key: (typeof QUEUES)[number]): Promise<[string, number]> => [
    key.replace(/Url$/, ''),
    await deadLetterQueue(stack.endpoint, stack.outputs[key] ?? '').depth(),
  ];
  return Object.fromEntries(await Promise.all(QUEUES.map(depthOf)));
}

/**
 * Runs the reprocessor until nothing moves any more.
 *
 * @returns what still waits at the deadline, by queue: nothing but zeros where all is settled.
 */
export async function settle(
  scene: Scene,
  reprocess: () => Promise<unknown>,
  timeoutMs: number,
): Promise<Record<string, number>> {
  let quiet = 0;
  const look = async (): Promise<true | undefined> => {
    await scene.proxies.apicall.closeBreaker();
    await reprocess();
    const left = Object.values(await depths(scene)).reduce((sum, one) => sum + one, 0);
    quiet = left === 0 ? quiet + 1 : 0;
    return quiet >= QUIET_LOOKS ? true : undefined;
  };
  // What waits at the deadline is told by the depths, and counts as lost unless it has taken effect.
  await waitFor('empty queues', look, { timeoutMs, intervalMs: 400 }).catch((error: unknown) => {
    if (!(error instanceof StackError)) throw error;
  });
  return depths(scene);
}
