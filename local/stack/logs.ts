import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { localClient } from './aws.ts';

export interface LogLine {
  readonly logGroup: string;
  readonly eventId: string;
  readonly message: string;
}

/** Reads what the given log groups got since `startTime` (milliseconds); groups without logs yet give nothing. */
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
