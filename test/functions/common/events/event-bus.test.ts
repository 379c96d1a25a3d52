import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { entryBytes, toPutEventsEntry } from '../../../../functions/common/events/entry.ts';
import { eventBus } from '../../../../functions/common/events/event-bus.ts';

const aws = mockClient(EventBridgeClient);
const client = new EventBridgeClient({ region: 'us-east-1' });
const put = eventBus({ client, random: () => 0 });
const entries = ['a', 'b', 'c'].map((detailType) =>
  toPutEventsEntry({ source: 's', detailType, detail: '{}', resources: [] }, 'bus'),
);

/** A bus that refuses `b` with a code for as many calls as told. */
function refuseB(errorCode: string, times: number): string[][] {
  const calls: string[][] = [];
  aws.on(PutEventsCommand).callsFake(({ Entries }: { Entries: { DetailType: string }[] }) => {
    calls.push(Entries.map(({ DetailType }) => DetailType));
    const results = Entries.map(
      ({ DetailType }): PutEventsResultEntry =>
        DetailType === 'b' && calls.length <= times
          ? { ErrorCode: errorCode }
          : { EventId: DetailType },
    );
    return { FailedEntryCount: 0, Entries: results };
  });
  return calls;
}

describe('the event bus', () => {
  beforeEach(() => aws.reset());

  it('sends only the throttled entries again', async () => {
    const calls = refuseB('ThrottlingException', 1);
    expect(await put(entries, () => 10_000)).toEqual([undefined, undefined, undefined]);
    expect(calls).toEqual([['a', 'b', 'c'], ['b']]);
  });

  it('gives up after three tries, naming the code', async () => {
    const calls = refuseB('InternalFailure', 9);
    expect(await put(entries, () => 10_000)).toEqual([
      undefined,
      { errorCode: 'InternalFailure' },
      undefined,
    ]);
    expect(calls).toHaveLength(3);
  });

  it('does not repeat what no try can help, nor what there is no time for', async () => {
    const final = refuseB('MalformedDetail', 9);
    await put(entries, () => 10_000);
    expect(final).toHaveLength(1);
    const late = refuseB('ThrottlingException', 9);
    await put(entries, () => 100);
    expect(late).toHaveLength(1);
  });

  it('refuses every entry of a call that failed as a whole, and of a result that is missing', async () => {
    aws
      .on(PutEventsCommand)
      .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    expect(await put(entries, () => 10_000)).toEqual(
      entries.map(() => ({ errorCode: 'AccessDeniedException' })),
    );
    aws.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'a' }] });
    expect((await put(entries, () => 10_000)).map((refusal) => refusal?.errorCode)).toEqual([
      undefined,
      'MissingResult',
      'MissingResult',
    ]);
  });
});

describe('the size of an entry', () => {
  it("is EventBridge's formula: 14 bytes for the time, UTF-8 bytes for all texts", () => {
    expect(
      entryBytes({ source: 'é', detailType: 'ab', detail: '{"☎":1}', resources: ['x', 'yz'] }),
    ).toBe(14 + 2 + 2 + 9 + 3);
  });
});
