import {
  DescribeRuleCommand,
  EventBridgeClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestFailureClasses } from '../../../functions/common/failure-policy.ts';
import { toEnvelope } from '../../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { valueAt } from '../../../functions/dlq-reprocessor/filter.ts';
import { failureClasses } from '../../../functions/dlq-reprocessor/names.ts';
import { createCensus } from '../../../functions/dlq-reprocessor/park/list.ts';
import { parkBucket } from '../../../functions/dlq-reprocessor/park/park.ts';
import { createPace, rememberHandedOver } from '../../../functions/dlq-reprocessor/queue/apply.ts';
import { createSeen } from '../../../functions/dlq-reprocessor/queue/drain.ts';
import { createSource } from '../../../functions/dlq-reprocessor/queue/queue.ts';
import { createRoute, findTwins } from '../../../functions/dlq-reprocessor/redrive/route.ts';
import { letterOf, memoryQueue, QUEUE_ARN } from './kit.ts';

describe('the pace', () => {
  it('spaces moves evenly, and saves nothing up', async () => {
    let time = 1_000;
    const waits: number[] = [];
    const pace = createPace(
      10,
      () => time,
      async (ms) => {
        waits.push(ms);
        time += ms;
      },
    );
    await pace(10);
    await pace(5);
    await pace(1);
    expect(waits).toEqual([1_000, 500]);
    time += 60_000;
    await pace(10);
    await pace(10);
    expect(waits).toEqual([1_000, 500, 1_000]);
  });
});

describe('what was seen', () => {
  it('is known again in the next slice', () => {
    const seen = createSeen();
    seen.add('one');
    seen.add('two');
    const next = createSeen(seen.text());
    expect(['one', 'two', 'three'].map(next.has)).toEqual([true, true, false]);
    expect(next.text()).toBe(seen.text());
    expect(seen.text()).toHaveLength(16);
  });

  it('and handed over is remembered, up to a bound', () => {
    const handedOver = rememberHandedOver();
    for (let index = 0; index <= 10_000; index += 1) handedOver.add(`m${index}`);
    expect([handedOver.has('m0'), handedOver.has('m1'), handedOver.has('m10000')]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('the source', () => {
  const fill = (count: number, body = '{}') =>
    memoryQueue(
      Array.from({ length: count }, () => letterOf(body)),
      Date.now,
    );

  it('widens while the queue fills its receives, and narrows when it no longer does', async () => {
    const { api } = fill(95);
    const source = createSource(api, 120, Date.now);
    const waves: number[] = [];
    for (let index = 0; index < 6; index += 1) waves.push((await source(50)).letters.length);
    expect(waves).toEqual([10, 20, 40, 25, 0, 0]);
  });

  it('stays narrow where bodies are large', async () => {
    const { api } = fill(30, 'x'.repeat(1_000_000));
    const source = createSource(api, 120, Date.now);
    expect((await source(50)).letters).toHaveLength(10);
    expect((await source(50)).letters).toHaveLength(10);
  });

  it('takes what other receives brought when one fails, and fails when all do', async () => {
    const { api } = fill(100);
    let calls = 0;
    const receive = async (max: number, seconds: number) => {
      calls += 1;
      if (calls === 2 || calls > 3) throw new Error('away');
      return api.receive(max, seconds);
    };
    const source = createSource({ ...api, receive }, 120, Date.now);
    expect((await source(50)).letters).toHaveLength(10);
    expect((await source(50)).letters).toHaveLength(10);
    await expect(source(50)).rejects.toThrow('away');
  });
});

describe('twins', () => {
  const client = new EventBridgeClient({ region: 'us-east-1' });
  const mock = mockClient(client);

  it('are asked for once, and only an enabled one counts', async () => {
    mock.on(DescribeRuleCommand, { Name: 'on' }).resolves({ State: 'ENABLED' });
    mock.on(DescribeRuleCommand, { Name: 'off' }).resolves({ State: 'DISABLED' });
    mock
      .on(DescribeRuleCommand, { Name: 'none' })
      .rejects(new ResourceNotFoundException({ $metadata: {}, message: 'no' }));
    const hasTwin = findTwins(client, 'redrive');
    expect(await Promise.all(['on', 'off', 'none', 'on'].map(hasTwin))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(mock.commandCalls(DescribeRuleCommand)).toHaveLength(3);
  });

  it('that could not be asked for are asked for again', async () => {
    mock.reset();
    mock.on(DescribeRuleCommand).rejectsOnce(new Error('throttled')).resolves({ State: 'ENABLED' });
    const hasTwin = findTwins(client, 'redrive');
    await expect(hasTwin('on')).rejects.toThrow('throttled');
    expect(await hasTwin('on')).toBe(true);
  });
});

describe('the park bucket', () => {
  const client = new S3Client({ region: 'us-east-1' });
  const mock = mockClient(client);
  const bucket = parkBucket('b', client);

  it('lists page by page, up to ten thousand, and counts by reason', async () => {
    mock.on(ListObjectsV2Command).callsFake(({ StartAfter = '', MaxKeys }) => ({
      Contents: Array.from({ length: MaxKeys }, (_, index) => ({
        Key: `parked/${index % 4 ? 'PERMANENT' : 'TOO_LARGE'}/${StartAfter.length + 1}/${index}.json`,
      })),
      IsTruncated: true,
    }));
    expect(await createCensus(bucket)()).toEqual({ PERMANENT: 7_500, TOO_LARGE: 2_500 });
    const calls = mock.commandCalls(ListObjectsV2Command);
    expect(calls).toHaveLength(10);
    expect(calls[0]?.args[0].input).toMatchObject({ Bucket: 'b', Prefix: 'parked/' });
  });

  it('does not say that it stored or deleted what S3 refused', async () => {
    mock.reset();
    mock.on(PutObjectCommand).rejects(new Error('denied'));
    mock.on(DeleteObjectCommand).rejects(new Error('denied'));
    await expect(bucket.store('k', 'v', () => 60_000)).rejects.toThrow('denied');
    await expect(bucket.remove('k')).rejects.toThrow('denied');
  });
});

describe('the way back', () => {
  const findRoute = createRoute({
    redriveBusName: 'redrive',
    apiCallQueueArn: QUEUE_ARN,
    hasTwin: async () => true,
    now: () => new Date(),
  });

  it('leads nowhere when the event and its envelope are larger than the bus takes', async () => {
    const body = JSON.stringify({ id: 'e', source: 's', detail: { x: 'x'.repeat(999_900) } });
    const letter = letterOf(body, { RULE_ARN: 'arn:aws:events:r:a:rule/bus/rule' });
    const route = await findRoute(letter, toEnvelope(letter), 1);
    expect(route).toMatchObject({ to: 'nowhere', reason: 'TOO_LARGE' });
  });

  it('leads nowhere when ten attributes leave no place and none can be folded', async () => {
    const typed = Object.fromEntries(
      Array.from({ length: 10 }, (_, n) => [`n${n}`, { dataType: 'Number', text: `${n}` }]),
    );
    const letter = letterOf('{"action":"GET","resource":"limits"}', {}, { typed });
    const route = await findRoute(letter, toEnvelope(letter), 1);
    expect(route).toMatchObject({ to: 'nowhere', reason: 'TOO_LARGE' });
  });
});

describe('a path', () => {
  it.each([
    ['$.a', 1],
    ['$.b[1].c', 'd'],
    ['$.b[2]', undefined],
    ['$.b.length', 2],
    ['$.constructor.name', undefined],
    ['$.a.b', undefined],
  ])('%s leads to %j', (path, value) =>
    expect(valueAt({ a: 1, b: [0, { c: 'd' }] }, path)).toBe(value),
  );

  it('never fails, whatever it is led through', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, path) => {
        expect(() => valueAt(JSON.parse(json), path)).not.toThrow();
      }),
    );
  });
});

describe('failure classes', () => {
  it("are apicall's and the one of events that the bus did not take", () => {
    const known = [...requestFailureClasses, 'publish-failed'];
    expect([...failureClasses].sort()).toEqual(known.sort());
  });
});
