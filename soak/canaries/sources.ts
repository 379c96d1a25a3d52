import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { BusEvent } from '../../local/demo/observer.ts';
import { localClient } from '../../local/stack/aws.ts';
import { readOptionalFile } from '../../local/stack/files.ts';
import { storedObjects } from '../../local/stack/objects.ts';
import { paths } from '../../local/stack/paths.ts';
import { keyPattern } from '../events/routes.ts';
import type { SentEvent } from '../events/send.ts';
import type { Harness } from '../harness.ts';
import { type Searched, type Source, search } from './search.ts';
import { secretsOf } from './secrets.ts';

/** Searched as one text: a log line alone is short, and there are a million of them. */
const LINES_PER_TEXT = 500;

function joinLines(lines: readonly string[]): string[] {
  const count = Math.ceil(lines.length / LINES_PER_TEXT);
  return Array.from({ length: count }, (_, index) =>
    lines.slice(index * LINES_PER_TEXT, (index + 1) * LINES_PER_TEXT).join('\n'),
  );
}

/** Every line of every log group: log records and metrics in the embedded format alike. */
async function logTexts(endpoint: string): Promise<string[]> {
  const client = new CloudWatchLogsClient(localClient(endpoint));
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
  const lines: string[] = [];
  for (const { logGroupName } of logGroups) {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
      for (const { message = '' } of events) lines.push(message);
    }
  }
  return joinLines(lines);
}

async function fileTexts(file: string): Promise<string[]> {
  const text = (await readOptionalFile(file)) ?? '';
  return text === '' ? [] : joinLines(text.split('\n'));
}

/** Every item of a table as JSON. */
async function tableTexts(endpoint: string, TableName: string): Promise<string[]> {
  const client = new DynamoDBClient(localClient(endpoint));
  const texts: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
    texts.push(...Items.map((item) => JSON.stringify(item)));
  }
  return joinLines(texts);
}

/** Which canaries an event or a response may contain: that of the event it is about. */
export function createAllowance(seed: number, sent: readonly SentEvent[]) {
  const canaries = new Map(sent.map(({ planned }) => [planned.index, planned.canary]));
  const byEventId = new Map(
    sent.flatMap(({ eventId, planned }): [string, string][] =>
      eventId === undefined ? [] : [[eventId, planned.canary]],
    ),
  );

  /** By the event's key. A text that names two events would disclose one's content to the other. */
  const byKey = (text: string): Set<string> => {
    const keys = new Set([...text.matchAll(keyPattern(seed))].map(([, index]) => Number(index)));
    return keys.size === 1
      ? new Set([...keys].map((index) => canaries.get(index) ?? ''))
      : new Set();
  };

  return {
    byKey,
    /** A reply names its event by id; an announcement of a parked message contains no content. */
    ofBusEvent: (text: string): Set<string> => {
      const { source, detail }: BusEvent = JSON.parse(text);
      if (source === 'salesforce-eventbridge') return new Set();
      const canary = byEventId.get(String(detail['processedid']));
      return canary === undefined ? byKey(text) : new Set([canary]);
    },
  };
}

/** What the stack has answered during the run. */
export interface Responses {
  readonly webhooks: readonly string[];
  /** Replies to CloudEvents over HTTP, each after the key of its event. */
  readonly replies: readonly string[];
  readonly reports: readonly string[];
}

const any = (): 'any' => 'any';

/** Everything that the stack has written or answered, with the contents that may appear in it. */
async function sourcesOf(
  { intercepted, observer, stack }: Harness,
  seed: number,
  sent: readonly SentEvent[],
  responses: Responses,
): Promise<Source[]> {
  const { endpoint, outputs } = stack;
  const allowance = createAllowance(seed, sent);
  const parked = await storedObjects(endpoint, outputs['ParkBucketName'] ?? '', '');
  const claims = await storedObjects(endpoint, outputs['PayloadBucketName'] ?? '', '');
  const events = await observer.filter(() => true);
  return [
    { name: 'CloudWatch logs and metrics', texts: await logTexts(endpoint) },
    { name: 'output of the functions and the engine', texts: await fileTexts(paths.engineLog) },
    { name: 'reports of the reprocessor', texts: responses.reports },
    { name: 'keys of parked objects', texts: parked.map(({ key }) => key) },
    { name: 'parked objects', texts: parked.map(({ text }) => text), allows: any },
    { name: 'keys of claim-checked bodies', texts: claims.map(({ key }) => key) },
    { name: 'claim-checked bodies', texts: claims.map(({ text }) => text), allows: any },
    {
      name: 'events on both buses',
      texts: events.map((event) => JSON.stringify(event)),
      allows: allowance.ofBusEvent,
    },
    { name: 'responses to webhooks', texts: responses.webhooks },
    {
      name: 'replies to CloudEvents over HTTP',
      texts: responses.replies,
      allows: allowance.byKey,
    },
    {
      name: 'idempotency table',
      texts: await tableTexts(endpoint, intercepted.apicall.tableName),
      allows: any,
    },
  ];
}

/** Searches everything that the stack has left behind for every secret of the run and every event's content. */
export async function searchCanaries(
  harness: Harness,
  seed: number,
  sent: readonly SentEvent[],
  responses: Responses,
): Promise<Searched[]> {
  const secrets = await secretsOf(harness);
  const sources = await sourcesOf(harness, seed, sent, responses);
  return sources.map((source) => search(source, secrets));
}
