import { GetQueueAttributesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { execa } from 'execa';
import pMap from 'p-map';
import * as chaos from '../../../local/chaos/parked.ts';
import { reprocessor, reprocessorScene } from '../../../local/chaos/reprocessor-scene.ts';
import { output, sqs, stack } from '../harness.ts';

/** Node takes what it may before it collects: with little, what is kept of each letter shows, or ends the process. */
const SMALL_HEAP = '--enable-source-maps --max-old-space-size=64 --max-semi-space-size=4';

const queues = ['ApiCallDlqUrl', 'RuleDlqUrl', 'SpillQueueUrl'] as const;

export const invoke = reprocessor(stack);

/** The deployed function behind a proxy that plays AWS' faults. */
export async function prepare() {
  const { proxy, restore } = await reprocessorScene(stack, { NODE_OPTIONS: SMALL_HEAP });
  const purge = async (): Promise<void> => {
    for (const queue of queues) {
      await sqs.send(new PurgeQueueCommand({ QueueUrl: output(queue) }));
    }
  };
  // Calls are counted per message, and the end is seen by empty queues: other files' messages must not be there.
  await purge();
  return {
    proxy,
    restore: async (): Promise<void> => {
      await restore();
      await purge();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof prepare>>;

export const parkedObjects = () => chaos.parkedObjects(stack.endpoint, output('ParkBucketName'));

/** Messages in the queues of dead letters and requests: those that can be received, and those that are hidden. */
export async function queued(): Promise<{ visible: number; hidden: number }> {
  const urls = [...queues, 'ApiCallQueueUrl' as const].map(output);
  const counts = await pMap(urls, async (QueueUrl) => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return {
      visible: Number(Attributes['ApproximateNumberOfMessages']),
      hidden: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
    };
  });
  const sum = (key: 'visible' | 'hidden') => counts.reduce((total, one) => total + one[key], 0);
  return { visible: sum('visible'), hidden: sum('hidden') };
}

/** Resident memory of the function's process in MB; the largest, where there are several. */
export async function memoryOf(functionName: string): Promise<number> {
  const { stdout } = await execa('ps', ['-axo', 'rss=,args=']);
  const sizes = stdout.split('\n').flatMap((line) => {
    const [, kilobytes, command = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return command.includes(`ministack-lambda-${functionName}-`) ? [Number(kilobytes)] : [];
  });
  return Math.round(Math.max(0, ...sizes) / 1024);
}
