import type { AwsCall } from '../../local/faults/aws-faults.ts';

const PREFIX = 'execution/';

/** The id of the execution record that a call is about. */
function recordOf({ operation, body }: AwsCall): {
  readonly id: string;
  readonly version?: number;
} {
  const [, name] = /\.(GetItem|PutItem)$/.exec(operation) ?? [];
  if (name === undefined) return { id: '' };
  const { Key, Item, ExpressionAttributeValues: values } = JSON.parse(body);
  const id = String(Object(Key ?? Item).id?.S ?? '');
  return name === 'GetItem' ? { id } : { id, version: Number(Object(values)[':version']?.N ?? 0) };
}

/**
 * Counts executions that an invocation went on with where another one had stopped: after it has read the record, it writes a later
 * version of one that there was.
 */
export function createResumptions() {
  const read = new Set<string>();
  const resumed = new Set<string>();
  const note = ({ id, version }: ReturnType<typeof recordOf>): void => {
    if (version === undefined) read.add(id);
    else if (read.delete(id) && version > 0) resumed.add(id);
  };
  return {
    read: (calls: readonly AwsCall[]): void => {
      for (const one of calls.map(recordOf)) if (one.id.startsWith(PREFIX)) note(one);
    },
    count: (): number => resumed.size,
  };
}
