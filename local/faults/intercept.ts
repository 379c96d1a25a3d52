import type { Stack } from '../stack/stack-file.ts';
import type { AwsCall } from './aws-faults.ts';
import { type Rewrite, startAwsProxy } from './aws-proxy.ts';
import { deployedFunctions } from './functions.ts';

/** The SQS client calls a queue's URL, whatever the endpoint. */
const QUEUE_URLS = ['API_CALL_QUEUE_URL', 'API_CALL_DLQ_URL', 'RULE_DLQ_URL', 'SPILL_QUEUE_URL'];

interface Options {
  /** Logical ids. */
  readonly functions: readonly string[];
  readonly rewrite?: Rewrite;
  /** Other variables to change. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
}

/** Sends the AWS calls of deployed functions through a proxy that plays faults. */
export async function interceptAwsCalls(
  stack: Stack,
  { functions, rewrite, environment = {}, timeoutSeconds }: Options,
) {
  const { environmentOf, setEnvironment } = deployedFunctions(stack);
  const proxy = await startAwsProxy(stack.endpoint, rewrite);

  const redirect = async (logicalId: string): Promise<() => Promise<unknown>> => {
    const variables = await environmentOf(logicalId);
    const queues = QUEUE_URLS.filter((name) => variables[name] !== undefined).map((name) => [
      name,
      `${proxy.url}${new URL(variables[name] ?? '').pathname}`,
    ]);
    const change = { ...Object.fromEntries(queues), ...environment, AWS_ENDPOINT_URL: proxy.url };
    return setEnvironment(logicalId, change, timeoutSeconds);
  };

  const apply = async (): Promise<(() => Promise<unknown>)[]> => {
    const restores = [];
    for (const logicalId of functions) restores.push(await redirect(logicalId));
    return restores;
  };

  const restores = await apply();
  return {
    proxy,
    /** Redirects the functions again after a deployment has reset their variables. */
    apply,
    restore: async (): Promise<void> => {
      for (const restore of restores) await restore();
      await proxy.stop();
    },
  };
}

/** Seconds after which a killed reprocessor's messages come back, instead of two minutes. */
const HIDE_SECONDS = 6;

/** Shortens the wait for messages that were received and neither deleted nor deferred. */
function shortenReceives({ operation, body }: AwsCall): string {
  if (operation !== 'AmazonSQS.ReceiveMessage') return body;
  return JSON.stringify({ ...JSON.parse(body), VisibilityTimeout: HIDE_SECONDS });
}

export const interceptReprocessor = (stack: Stack, environment: Readonly<Record<string, string>>) =>
  interceptAwsCalls(stack, {
    functions: ['DlqReprocessorFunction'],
    rewrite: shortenReceives,
    environment,
  });
