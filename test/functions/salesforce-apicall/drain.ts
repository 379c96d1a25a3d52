import type { SQSRecord } from 'aws-lambda';
import { type createHarness, sqsRecord } from './harness.ts';

export const redriveAttribute = (redrive: object | undefined): SQSRecord['messageAttributes'] => ({
  Redrive: { dataType: 'String', stringValue: JSON.stringify(redrive) },
});

type Scene = Pick<ReturnType<typeof createHarness>, 'clock' | 'requeued' | 'run'>;

/**
 * Delivers messages until none is left in the queue; each round is a minute later. Resolves to the number of rounds: infinity if there
 * are messages left.
 */
export async function drain(
  scene: Scene,
  first: readonly SQSRecord[],
  rounds = 12,
): Promise<number> {
  let waiting = [...first];
  for (let round = 1; round <= rounds; round += 1) {
    const sentBefore = scene.requeued.length;
    const left = new Set(await scene.run(waiting));
    const requeued = scene.requeued.slice(sentBefore).map(({ body, redrive }, index) =>
      sqsRecord(body, {
        messageId: `r${round}-${index}`,
        sentAt: Date.now(),
        messageAttributes: redriveAttribute(redrive),
      }),
    );
    waiting = [...waiting.filter(({ messageId }) => left.has(messageId)), ...requeued];
    scene.clock.now += 60_000;
    if (waiting.length === 0) return round;
  }
  return Number.POSITIVE_INFINITY;
}
