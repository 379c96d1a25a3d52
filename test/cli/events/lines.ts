import type { LogLine } from '../../../cli/events/logs.ts';
import type { LogMessage } from '../../../functions/common/log-lines.ts';

const START = Date.UTC(2026, 10, 28, 3);

/** A line, `seconds` after the start of the test's time. */
export const line = (
  message: LogMessage,
  fields: Readonly<Record<string, unknown>>,
  seconds = 0,
  logicalId = 'SalesforceApiCallFunction',
): LogLine => ({
  at: new Date(START + seconds * 1_000).toISOString(),
  logicalId,
  fields: { level: 'INFO', message, service: 'service', ...fields },
});

/** A webhook whose event a mapping makes a Case of. All ids contain `name`. */
export function mappedWebhook(name: string): LogLine[] {
  const delivery = `delivery-${name}`;
  const event = { source: 'github.com', detailType: 'issues', eventId: `event-${name}` };
  return [
    line(
      'webhook accepted',
      {
        provider: 'github',
        delivery,
        event: 'issues',
        action: 'opened',
        outcome: 'published',
        ...event,
      },
      0,
      'GitHubWebhookFunction',
    ),
    line(
      'api call succeeded',
      {
        ...event,
        delivery,
        messageId: `message-${name}`,
        keyDigest: `key-${name}`,
        action: 'POST',
        object: 'Case',
        recordId: '500000000000001AAA',
        status: 201,
        callId: 'shared',
        callRequests: 20,
        mapping: 'github-issue-to-case',
        steps: 'create Case 500000000000001AAA',
        replyId: `reply-${name}`,
      },
      1,
    ),
  ];
}

const processed = (seconds: number, fields: Readonly<Record<string, unknown>>): LogLine =>
  line('dead-letter message processed', fields, seconds, 'DlqReprocessorFunction');

/** A request that is dead-lettered, parked, unparked and then succeeds. All ids contain `name`. */
export function unparkedRequest(name: string): LogLine[] {
  const event = { source: 'com.example', detailType: 'order', eventId: `event-${name}` };
  const [first, dead, sent] = [`message-${name}`, `dead-${name}`, `sent-${name}`];
  const failure = { class: 'permanent-data', errorCode: 'REQUIRED_FIELD_MISSING' };
  const key = `parked/PERMANENT/2026-11-28/${dead}.json`;
  const ids = { ...event, firstMessageId: first, ...failure };
  return [
    line('api call failed', {
      ...event,
      ...failure,
      messageId: first,
      callId: 'shared',
      recordId: '500000000000001AAA',
      disposition: 'dead-letter',
      attempts: 1,
    }),
    line('message dead-lettered', { messageId: first, attempts: 1, ...failure }, 1),
    processed(2, {
      queue: 'apicall',
      messageId: dead,
      action: 'redrive',
      result: 'park',
      reason: 'PERMANENT',
      ...ids,
    }),
    processed(3, {
      queue: 'parked',
      messageId: dead,
      key,
      action: 'unpark',
      result: 'redrive',
      reason: 'unparked',
      sentMessageId: sent,
      ...ids,
    }),
    line(
      'api call succeeded',
      {
        ...event,
        messageId: sent,
        firstMessageId: first,
        action: 'POST',
        object: 'Case',
        status: 201,
        callId: 'shared',
      },
      4,
    ),
  ];
}

/** Lines as if they had been written in the last minute. */
export const recent = (lines: readonly LogLine[]): LogLine[] =>
  lines.map((one) => ({
    ...one,
    at: new Date(Date.parse(one.at) - START + Date.now() - 60_000).toISOString(),
  }));
