import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { countParked } from '../../../../functions/dlq-reprocessor/park/bucket.ts';
import { failing } from '../faults.ts';
import { createScene, messageOf } from '../harness.ts';

describe('the park bucket', () => {
  it('lists page by page, up to ten thousand objects, and counts them by reason', async () => {
    const client = new S3Client({ region: 'us-east-1' });
    const mock = mockClient(client);
    mock.on(ListObjectsV2Command).callsFake(({ StartAfter = '', MaxKeys }) => ({
      Contents: Array.from({ length: MaxKeys }, (_, index) => ({
        Key: `parked/${index % 4 ? 'PERMANENT' : 'TOO_LARGE'}/${StartAfter.length + 1}/${index}.json`,
      })),
      IsTruncated: true,
    }));
    expect(await countParked({ client, name: 'b' })).toEqual({
      PERMANENT: 7_500,
      TOO_LARGE: 2_500,
    });
    const calls = mock.commandCalls(ListObjectsV2Command);
    expect(calls).toHaveLength(10);
    expect(calls[0]?.args[0].input).toMatchObject({ Bucket: 'b', Prefix: 'parked/' });
  });

  it('reports a message as failed that S3 did not store', async () => {
    const dead = messageOf('unknown shape');
    const scene = createScene({ messages: { apicall: [dead] }, faults: failing('store') });
    const { queues } = await scene.invoke();
    expect(queues?.apicall?.results).toMatchObject({ parked: 0, failed: 1 });
    expect(scene.queues.apicall.ids()).toEqual([dead.messageId]);
  });

  it('keeps and logs an object that S3 did not delete, after its message was redriven', async () => {
    const dead = messageOf('{"action":"GET","resource":"limits"}');
    const scene = createScene({ messages: { apicall: [dead] }, faults: failing('delete') });
    await scene.invoke({ action: 'park' });
    const { parked } = await scene.invoke({ action: 'unpark', filter: { key: 'parked/' } });
    expect(parked).toMatchObject({ results: { redriven: 1 } });
    expect([scene.sent.length, scene.stored.size]).toEqual([1, 1]);
    expect(scene.log.text()).toContain('parked message not deleted');
  });
});
