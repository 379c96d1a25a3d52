import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../../local/stack/paths.ts';
import { createScene, messageOf } from './harness.ts';

describe("the record of a custom event bus' subscriber", () => {
  const text = readFileSync(join(root, 'events/dlq-subscriber.json'), 'utf8');
  const record = messageOf(JSON.parse(text).Body);

  it('is parked with what to do, not redriven, and cannot be forced or unparked', async () => {
    const scene = createScene({ messages: { rule: [record] } });
    const forced = await scene.invoke({
      queue: 'rule',
      force: true,
      filter: { id: [record.messageId] },
      dryRun: true,
    });
    const [preview] = forced.queues?.rule?.letters ?? [];
    expect(preview).toMatchObject({ kind: 'subscriber', decision: 'refuse' });
    expect(preview?.why).toContain('POINT_IN_TIME subscriber');
    await scene.invoke();
    const [key = '', parked = ''] = [...scene.stored][0] ?? [];
    expect(key).toContain('parked/SUBSCRIBER_FAILURE/');
    expect(JSON.parse(parked).body).toBe(record.body);
    expect(scene.log.counted).toContain('DlqParked SUBSCRIBER_FAILURE');
    await scene.invoke({ action: 'unpark', filter: { key: 'parked/' } });
    expect([scene.sent, scene.put, scene.stored.size]).toEqual([[], [], 1]);
  });
});
