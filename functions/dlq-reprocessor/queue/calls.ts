import type { SQSClient } from '@aws-sdk/client-sqs';

/** Counts the requests that a client makes, retries included. */
export function countCalls(client: SQSClient): () => number {
  let calls = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      calls += 1;
      return next(args);
    },
    { step: 'deserialize', name: 'countCalls', priority: 'low' },
  );
  return () => calls;
}
