import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hopsOf } from '../../../cli/events/hops/hops.ts';
import { groupByEvent, searchedIds } from '../../../cli/events/links.ts';
import type { LogLine } from '../../../cli/events/logs.ts';
import { stateOf } from '../../../cli/events/state.ts';
import { summaryOf } from '../../../cli/events/summary.ts';
import { logLines } from '../../../functions/common/log-lines.ts';
import { sha256 } from '../../../functions/common/sha256.ts';
import { line, mappedWebhook, unparkedRequest } from './lines.ts';

const kindsOf = (lines: readonly LogLine[]) => hopsOf(lines).map(({ kind }) => kind);
const stateOfLines = (lines: readonly LogLine[]) => stateOf(hopsOf(lines));

/** Events with ids of their own, which share an API call and a Salesforce record, and their lines in any order. */
const shuffled = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 })
  .chain((names) => {
    const events = names.map((name, index) =>
      index % 2 === 0 ? mappedWebhook(name) : unparkedRequest(name),
    );
    const all = events.flat();
    return fc.record({
      events: fc.constant(events),
      lines: fc.shuffledSubarray(all, { minLength: all.length }),
    });
  });

const textsOf = (lines: readonly LogLine[]): string[] =>
  lines.map((one) => JSON.stringify(one)).toSorted();

describe('the lines of several events', () => {
  it('are grouped by event, in whatever order they are read, and a shared API call or record joins none', () => {
    fc.assert(
      fc.property(shuffled, ({ events, lines }) => {
        const groups = groupByEvent(lines).map((group) => textsOf(group).join('\n'));
        expect(groups.toSorted()).toEqual(
          events.map((event) => textsOf(event).join('\n')).toSorted(),
        );
      }),
    );
  });

  it('tell the same hops in whatever order they are read', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(unparkedRequest('a'), { minLength: 5 }), (lines) => {
        expect(hopsOf(lines)).toEqual(hopsOf(unparkedRequest('a')));
      }),
    );
  });

  it('are apart if two CloudEvents of different sources have the same id', () => {
    const call = (source: string) =>
      line('api call succeeded', { eventId: '1', source, messageId: `of ${source}`, status: 201 });
    expect(groupByEvent([call('one'), call('two'), call('one')])).toHaveLength(2);
  });

  it('are apart if an id of one kind is that of another kind', () => {
    const lines = [
      line('api call succeeded', { eventId: 'same', status: 200 }),
      line('api call succeeded', { messageId: 'same', status: 200 }),
    ];
    expect(groupByEvent(lines)).toHaveLength(2);
  });
});

describe('the hops of an event', () => {
  it('of a webhook and its mapping lead from its acceptance to its reply', () => {
    const hops = hopsOf(mappedWebhook('a'));
    expect(hops.map(({ kind, where, text }) => [kind, where, text])).toEqual([
      ['accepted', 'GitHubWebhookFunction', 'Webhook of github (issues, opened) accepted'],
      ['bus', 'EventBus', 'On the event bus'],
      [
        'called',
        'Salesforce',
        'Mapping github-issue-to-case succeeded: create Case 500000000000001AAA',
      ],
      ['replied', 'EventBus', 'Reply of mapping github-issue-to-case published'],
    ]);
    expect(stateOf(hops)).toBe('succeeded');
  });

  it('of a request that was dead-lettered, parked and unparked', () => {
    const lines = unparkedRequest('a');
    expect(kindsOf(lines)).toEqual(['failed', 'dead-lettered', 'parked', 'unparked', 'called']);
    const states = lines.map((_, index) => stateOfLines(lines.slice(0, index + 1)));
    expect(states).toEqual(['failed', 'failed', 'parked', 'in progress', 'succeeded']);
  });

  it('tell of a retry when it is due', () => {
    const ids = { messageId: 'm', mapping: 'one' };
    const failure = { class: 'retry-soon', errorCode: 'UNABLE_TO_LOCK_ROW' };
    const lines = [
      line('api call failed', {
        ...ids,
        ...failure,
        disposition: 'retry',
        attempts: 1,
        delaySeconds: 5,
      }),
      line('api call succeeded', { ...ids, status: 201 }, 6),
    ];
    expect(kindsOf(lines)).toEqual(['failed', 'called']);
    expect(hopsOf(lines)[0]?.text).toMatch(/UNABLE_TO_LOCK_ROW.*next attempt in 5 s/);
    expect(stateOfLines(lines.slice(0, 1))).toBe('waiting');
  });

  it('do not tell of a reply that was not published', () => {
    const lines = [
      line('api call succeeded', { messageId: 'm', replyId: 'r', status: 201 }),
      line('reply not published', { replyId: 'r', error: {} }, 1),
    ];
    expect(hopsOf(lines).map(({ kind, isFailure }) => [kind, isFailure])).toEqual([
      ['called', false],
      ['replied', true],
    ]);
  });

  it('have no content: only documented ids, names and numbers', () => {
    const [hop] = hopsOf([
      line('webhook rejected', {
        provider: 'github',
        reason: 'signature',
        error: { message: 'secret' },
      }),
    ]);
    expect(hop?.fields).toEqual({ provider: 'github', reason: 'signature' });
  });

  it('tell of every line about one event, and of no other', () => {
    const told = Object.keys(logLines).filter(
      (message) =>
        hopsOf([line(Object(message).valueOf(), { messageId: 'm', eventId: 'e', provider: 'p' })])
          .length > 0,
    );
    expect(told).toEqual([
      'webhook accepted',
      'webhook event accepted',
      'webhook ignored',
      'webhook rejected',
      'webhook not published',
      'event enqueued',
      'api call succeeded',
      'api call failed',
      'api call deferred',
      'event not mapped',
      'message dead-lettered',
      'message not dead-lettered',
      'reply not published',
      'dead-letter message processed',
      'dead-letter message not dispatched',
    ]);
  });
});

describe('the state of an event', () => {
  const message = { firstMessageId: 'first', eventId: 'e' };
  const call = (mapping: string, messageId: string) =>
    line('api call succeeded', { ...message, messageId, mapping, status: 201 }, 5);
  const dead = (mapping: string, messageId: string, seconds: number) => [
    line(
      'api call failed',
      {
        ...message,
        messageId,
        mapping,
        class: 'permanent-data',
        errorCode: 'X',
        disposition: 'dead-letter',
      },
      seconds,
    ),
    line(
      'message dead-lettered',
      { messageId, class: 'permanent-data', errorCode: 'X', attempts: 1 },
      seconds,
    ),
  ];

  it('is that of the mapping that fares worst, even if another one succeeds later', () => {
    const lines = [
      line('event not mapped', { eventId: 'e', messageId: 'first', reason: 'several mappings' }),
      ...dead('one', 'a', 1),
      call('two', 'b'),
    ];
    expect(stateOfLines(lines)).toBe('failed');
    expect(
      stateOfLines([
        ...lines,
        line(
          'dead-letter message processed',
          {
            ...message,
            queue: 'apicall',
            messageId: 'c',
            mapping: 'one',
            action: 'redrive',
            result: 'park',
            reason: 'PERMANENT',
          },
          6,
        ),
      ]),
    ).toBe('parked');
  });

  it.each([
    ['on the bus', [line('webhook accepted', { outcome: 'published', eventId: 'e' })]],
    ['waiting', [line('webhook accepted', { outcome: 'spilled', messageId: 'm' })]],
    ['ignored', [line('webhook ignored', { delivery: 'd', reason: 'event type' })]],
    ['failed', [line('webhook rejected', { delivery: 'd', reason: 'malformed' })]],
    ['ignored', [line('event not mapped', { eventId: 'e', messageId: 'm', reason: 'unmapped' })]],
    ['waiting', [line('api call deferred', { messageId: 'm', reason: 'wait' })]],
    ['in progress', []],
  ] as const)('is %s', (state, lines) => {
    expect(stateOfLines(lines)).toBe(state);
  });
});

describe('the summary of an event', () => {
  it('names its event, record and mapping, and not the failures that are made good', () => {
    expect(summaryOf(mappedWebhook('a'))).toEqual({
      id: 'event-a',
      at: '2026-11-28T03:00:00.000Z',
      lastAt: '2026-11-28T03:00:01.000Z',
      state: 'succeeded',
      provider: 'github',
      source: 'github.com',
      detailType: 'issues',
      delivery: 'delivery-a',
      mapping: 'github-issue-to-case',
      object: 'Case',
      recordId: '500000000000001AAA',
    });
    expect(summaryOf(unparkedRequest('a'))).not.toHaveProperty('errorCode');
    expect(summaryOf(unparkedRequest('a').slice(0, 2))).toMatchObject({
      state: 'failed',
      errorCode: 'REQUIRED_FIELD_MISSING',
      failureClass: 'permanent-data',
    });
  });
});

describe('an id as a person has it', () => {
  it('is also searched for as what the lines have of it', () => {
    expect(searchedIds('order-7')).toEqual(['order-7', sha256('order-7').slice(0, 32)]);
    expect(searchedIds('urn:webhook:github:delivery:d')).toContain('d');
    expect(searchedIds('parked/PERMANENT/2026-11-28/m.json')).toContain('m');
  });
});
