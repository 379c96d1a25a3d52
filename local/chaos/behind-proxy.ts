import type { Stack } from '../stack/stack-file.ts';
import { type Rewrite, startFaultProxy } from './fault-proxy.ts';
import { deployedFunctions } from './functions.ts';

/** The SQS client calls a queue's URL, whatever the endpoint. */
const QUEUE_URLS = ['API_CALL_QUEUE_URL', 'API_CALL_DLQ_URL', 'RULE_DLQ_URL', 'SPILL_QUEUE_URL'];

interface Behind {
  /** Logical ids of the functions. */
  readonly functions: readonly string[];
  readonly rewrite?: Rewrite;
  /** Other variables to change. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Sends the AWS calls of deployed functions through a proxy that can fail them. */
export async function putBehindProxy(
  stack: Stack,
  { functions, rewrite, environment = {} }: Behind,
) {
  const { environmentOf, setEnvironment } = deployedFunctions(stack);
  const proxy = await startFaultProxy(stack.endpoint, rewrite);
  const through = (url: string): string => `${proxy.url}${new URL(url).pathname}`;

  const change = async (logicalId: string): Promise<() => Promise<unknown>> => {
    const now = await environmentOf(logicalId);
    const queues = QUEUE_URLS.flatMap((name): [string, string][] => {
      const url = now[name];
      return url === undefined ? [] : [[name, through(url)]];
    });
    const changed = { ...Object.fromEntries(queues), ...environment };
    return setEnvironment(logicalId, { ...changed, AWS_ENDPOINT_URL: proxy.url });
  };

  const apply = async (): Promise<(() => Promise<unknown>)[]> => {
    const undo = [];
    for (const logicalId of functions) undo.push(await change(logicalId));
    return undo;
  };

  const undo = await apply();
  return {
    proxy,
    /** Once more, after a deployment has put the functions' own variables back. */
    apply,
    restore: async (): Promise<void> => {
      for (const one of undo) await one();
      await proxy.stop();
    },
  };
}
