import { readFile } from 'node:fs/promises';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { localClient } from '../../local/stack/aws.ts';

/** Searched as one: a line of a log alone says little, and a million of them take long. */
const LINES_PER_TEXT = 500;

function inChunks(lines: readonly string[]): string[] {
  const count = Math.ceil(lines.length / LINES_PER_TEXT);
  return Array.from({ length: count }, (_, index) =>
    lines.slice(index * LINES_PER_TEXT, (index + 1) * LINES_PER_TEXT).join('\n'),
  );
}

/** Every line of every log group of the stack: log records and metrics in embedded format alike. */
export async function logTexts(endpoint: string): Promise<string[]> {
  const client = new CloudWatchLogsClient(localClient(endpoint));
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
  const lines: string[] = [];
  for (const { logGroupName } of logGroups) {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
      for (const { message = '' } of events) lines.push(message);
    }
  }
  return inChunks(lines);
}

/** The text of a log file, in parts; what is not there gives nothing. */
export async function fileTexts(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text === '' ? [] : inChunks(text.split('\n'));
}

/** Every item of a table as JSON. */
export async function tableTexts(endpoint: string, TableName: string): Promise<string[]> {
  const client = new DynamoDBClient(localClient(endpoint));
  const texts: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
    texts.push(...Items.map((item) => JSON.stringify(item)));
  }
  return inChunks(texts);
}
