import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { LogLine } from '../../../cli/events/logs.ts';
import { main } from '../../../cli/events/program.ts';
import { describedStack, mockAws } from '../harness.ts';

const GROUPS: Readonly<Record<string, string>> = {
  GitHubWebhookFunction: '/aws/lambda/stack-github-webhook',
  SalesforceApiCallFunction: '/aws/lambda/stack-salesforce-apicall',
  DlqReprocessorFunction: '/aws/lambda/stack-dlq-reprocessor',
};

const resources = [
  ...Object.entries(GROUPS).map(([id, name]) => [
    id.replace(/Function$/, 'Logs'),
    'AWS::Logs::LogGroup',
    name,
  ]),
  ...['ApiCallQueue', 'ApiCallDlq', 'RuleDlq', 'SpillQueue'].map((id) => [
    id,
    'AWS::SQS::Queue',
    `https://sqs/${id}`,
  ]),
  ...['ParkBucket', 'PayloadBucket'].map((id) => [id, 'AWS::S3::Bucket', id.toLowerCase()]),
].map(([LogicalResourceId, ResourceType, PhysicalResourceId]) => ({
  LogicalResourceId,
  ResourceType,
  PhysicalResourceId,
  LastUpdatedTimestamp: new Date(0),
  ResourceStatus: 'CREATE_COMPLETE' as const,
}));

export interface World {
  /** Those written later can be pushed. */
  readonly lines?: LogLine[];
  readonly messages?: Readonly<Record<string, readonly Message[]>>;
  readonly parked?: readonly string[];
  readonly pageSize?: number;
}

/** As CloudWatch Logs matches the patterns that the commands write. */
function isMatch(text: string, pattern = ''): boolean {
  const terms = [...pattern.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, term = '']) =>
    term.replaceAll(/\\(.)/g, '$1'),
  );
  return terms.length === 0 || terms.some((term) => text.includes(term));
}

/** A page of the lines that a filter asks for. */
function filterEvents(
  input: FilterLogEventsCommandInput,
  { lines = [], pageSize = 10_000 }: World,
) {
  const from = Number(input.nextToken ?? 0);
  const all: FilteredLogEvent[] = lines.flatMap((line, index) => {
    const timestamp = Date.parse(line.at);
    const message = JSON.stringify({ ...line.fields, timestamp: line.at });
    const isIn = timestamp >= (input.startTime ?? 0) && timestamp <= (input.endTime ?? Infinity);
    const isOfGroup = GROUPS[line.logicalId] === input.logGroupName;
    return isIn && isOfGroup && isMatch(message, input.filterPattern)
      ? [{ eventId: `line-${index}`, timestamp, message }]
      : [];
  });
  const size = Math.min(pageSize, input.limit ?? pageSize);
  const next = from + size;
  return {
    events: all.slice(from, next),
    ...(next < all.length && { nextToken: String(next) }),
  };
}

/** The commands in front of a stack whose logs, queues and bucket hold what the test says. */
export function createScene(world: World) {
  const { messages = {}, parked = [] } = world;
  const { clients, ...mocks } = mockAws(describedStack({}));
  mocks.cloudFormation
    .on(ListStackResourcesCommand)
    .resolves({ StackResourceSummaries: resources });
  mocks.logs.on(FilterLogEventsCommand).callsFake(async (input) => filterEvents(input, world));
  mocks.sqs.on(ReceiveMessageCommand).callsFake(async ({ QueueUrl }) => ({
    Messages: [...(messages[QueueUrl.split('/').at(-1)] ?? [])],
  }));
  mocks.sqs.on(ChangeMessageVisibilityBatchCommand).resolves({});
  mocks.s3
    .on(ListObjectsV2Command)
    .resolves({ Contents: parked.map((Key) => ({ Key, LastModified: new Date() })) });
  const printed: string[] = [];
  const logged: string[] = [];
  const progress: string[] = [];
  const stop = new AbortController();
  let onSleep = (): void => stop.abort();
  const run = (...args: string[]) =>
    main(args, {
      print: (text) => printed.push(text),
      log: (text) => logged.push(text),
      showProgress: (text) => progress.push(text),
      prompt: undefined,
      openScreen: undefined,
      createClients: async () => clients,
      stopSignal: stop.signal,
      sleep: async () => onSleep(),
    });
  return {
    run,
    clients,
    mocks,
    printed,
    logged,
    progress,
    stop,
    whileWaiting: (action: () => void) => {
      onSleep = action;
    },
  };
}
