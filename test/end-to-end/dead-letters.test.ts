import { describe, expect, it } from 'vitest';
import { waitFor } from '../../local/stack/wait.ts';
import {
  observer,
  org,
  output,
  readObjects,
  receive,
  request,
  ruleDlq,
  runReprocessor,
  sendMessage,
} from './kit.ts';

const EVENT = 'Carbon_Estimate__e';

describe('what an API destination could not deliver', () => {
  it('comes back through the redrive bus to that destination alone', async () => {
    await org.addFault({
      match: { path: EVENT },
      status: 503,
      errorCode: 'SERVER_UNAVAILABLE',
      times: 1000,
      after: 'before',
    });
    const id = await request({ Marker__c: 'redriven' }, EVENT);
    await waitFor(
      'the dead letter of the rule',
      async () => ((await ruleDlq.depth()) > 0 ? true : undefined),
      {
        timeoutMs: 30_000,
      },
    );
    const [letter] = await receive(output('RuleDlqUrl'));
    expect(letter?.MessageAttributes?.['EXHAUSTED_RETRY_CONDITION']?.StringValue).toBeDefined();
    await org.clearFaults();
    await runReprocessor();
    await waitFor('the platform event', async () =>
      (await org.records(EVENT)).find((record) => record['Marker__c'] === 'redriven'),
    );
    expect(await ruleDlq.depth()).toBe(0);
    // Whoever listens on the main bus has seen the event once, when it was new.
    await observer.find(() => false);
    expect(observer.count((event) => event.id === id)).toBe(1);
  });
});

describe('what the bus did not take', () => {
  it('is published as it was', async () => {
    const entry = {
      EventBusName: output('EventBusName'),
      Source: 'github.com',
      DetailType: 'issues',
      Detail: '{"spilled": 12345678901234567890}',
      Resources: ['urn:webhook:github:delivery:spilled-1'],
      Time: '2026-01-02T03:04:05.000Z',
    };
    const failure = JSON.stringify({ class: 'publish-failed', errorCode: 'InternalFailure' });
    await sendMessage(output('SpillQueueUrl'), JSON.stringify(entry), failure);
    await runReprocessor();
    const event = await waitFor('the spilled event', () =>
      observer.find(({ resources }) => resources.includes('urn:webhook:github:delivery:spilled-1')),
    );
    expect(event).toMatchObject({
      source: 'github.com',
      'detail-type': 'issues',
      resources: entry.Resources,
    });
    expect(await receive(output('SpillQueueUrl'))).toHaveLength(0);
  });
});

describe('what no try can help', () => {
  it('is parked whole, and the bus hears of it', async () => {
    const body = 'neither JSON nor anything that was ever sent';
    await sendMessage(output('SpillQueueUrl'), body);
    await runReprocessor();
    const event = await waitFor('the parked event', () =>
      observer.find(
        (candidate) =>
          candidate['detail-type'] === 'salesforce-eventbridge.parked' &&
          candidate.detail['reason'] === 'UNKNOWN_ENVELOPE',
      ),
    );
    const [parked] = await readObjects(output('ParkBucketName'), String(event.detail['key']));
    expect(JSON.parse(parked?.text ?? '{}')).toMatchObject({ reason: 'UNKNOWN_ENVELOPE', body });
  });
});
