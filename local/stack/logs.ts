import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { localClient } from './aws.ts';

export interface LogLine {
  readonly logGroup: string;
  readonly eventId: string;
  readonly message: string;
}

/** Reads the log lines since `startTime` (milliseconds since 1970). A log group that doesn't exist yet has none. */
export async function readLogs(
  endpoint: string,
  logGroups: readonly string[],
  startTime: number,
): Promise<LogLine[]> {
  const client = new CloudWatchLogsClient(localClient(endpoint));
  const read = async (logGroup: string): Promise<LogLine[]> => {
    const { events = [] } = await client.send(
      new FilterLogEventsCommand({ logGroupName: logGroup, startTime }),
    );
    return events.map(({ eventId = '', message = '' }) => ({
      logGroup,
      eventId,
      message: message.trim(),
    }));
  };
  const groups = await Promise.all(logGroups.map((group) => read(group).catch(() => [])));
  return groups.flat();
}
