import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createEventBus,
  entryBytes,
  toPutEventsEntry,
} from '../../../../functions/common/events/event-bus.ts';

const aws = mockClient(EventBridgeClient);
// The mock replaces a method of the class: other files of the same worker would get it too.
afterAll(() => aws.restore());
const client = new EventBridgeClient({ region: 'us-east-1' });
const put = createEventBus({ client, random: () => 0 });
const entries = ['a', 'b', 'c'].map((detailType) =>
  toPutEventsEntry({ source: 's', detailType, detail: '{}', resources: [] }, 'bus'),
);

/** Makes the bus reject entry `b` with `errorCode` in the first `times` calls. Records each call's entries. */
function rejectB(errorCode: string, times: number): string[][] {
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

describe('createEventBus', () => {
  beforeEach(() => aws.reset());

  it('retries only the throttled entries', async () => {
    const calls = rejectB('ThrottlingException', 1);
    const ids = ['a', 'b', 'c'].map((eventId) => ({ eventId }));
    expect(await put(entries, () => 10_000)).toEqual(ids);
    expect(calls).toEqual([['a', 'b', 'c'], ['b']]);
  });

  it('gives up after three attempts and returns the error code', async () => {
    const calls = rejectB('InternalFailure', 9);
    expect(await put(entries, () => 10_000)).toEqual([
      { eventId: 'a' },
      { errorCode: 'InternalFailure' },
      { eventId: 'c' },
    ]);
    expect(calls).toHaveLength(3);
  });

  it('does not retry a permanent error, or without enough time left', async () => {
    const final = rejectB('MalformedDetail', 9);
    await put(entries, () => 10_000);
    expect(final).toHaveLength(1);
    const late = rejectB('ThrottlingException', 9);
    await put(entries, () => 100);
    expect(late).toHaveLength(1);
  });

  it('fails every entry of a call that fails as a whole, and every entry without a result', async () => {
    aws
      .on(PutEventsCommand)
      .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    expect(await put(entries, () => 10_000)).toEqual(
      entries.map(() => ({ errorCode: 'AccessDeniedException' })),
    );
    aws.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'a' }] });
    expect(await put(entries, () => 10_000)).toEqual([
      { eventId: 'a' },
      { errorCode: 'MissingResult' },
      { errorCode: 'MissingResult' },
    ]);
  });
});

describe('entryBytes', () => {
  it("applies EventBridge's formula: 14 bytes for the time, UTF-8 bytes for every text", () => {
    expect(
      entryBytes({ source: 'é', detailType: 'ab', detail: '{"☎":1}', resources: ['x', 'yz'] }),
    ).toBe(14 + 2 + 2 + 9 + 3);
  });
});
