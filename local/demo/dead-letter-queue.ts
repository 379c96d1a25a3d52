import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { localClient } from '../stack/aws.ts';
import { StackError } from '../stack/errors.ts';

/** Why a message was dead-lettered: its `Failure` attribute. */
export interface Failure {
  readonly class: string;
  readonly errorCode: string;
  readonly message: string;
  readonly attempts: number;
}

export function deadLetterQueue(endpoint: string, queueUrl: string) {
  const sqs = new SQSClient(localClient(endpoint));
  return {
    /** The failure of one message in the queue. The message stays visible. */
    peek: async (): Promise<Failure | undefined> => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MessageAttributeNames: ['Failure'],
          VisibilityTimeout: 0,
        }),
      );
      const text = Messages[0]?.MessageAttributes?.['Failure']?.StringValue;
      return text === undefined ? undefined : JSON.parse(text);
    },
    depth: async (): Promise<number> => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
      );
      return (
        Number(Attributes?.['ApproximateNumberOfMessages']) +
        Number(Attributes?.['ApproximateNumberOfMessagesNotVisible']) +
        Number(Attributes?.['ApproximateNumberOfMessagesDelayed'])
      );
    },
  };
}

/** The part of the reprocessor's report that the demo checks. */
export interface ReprocessorReport {
  readonly queues: { readonly apicall: { readonly results: { readonly redriven: number } } };
}

/** Invokes the reprocessor as an operator does, and returns its report. */
export async function reprocess(
  endpoint: string,
  functionName: string,
): Promise<ReprocessorReport> {
  const lambda = new LambdaClient(localClient(endpoint));
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      Payload: JSON.stringify({ action: 'redrive', queue: 'all' }),
    }),
  );
  const text = Payload === undefined ? 'null' : Buffer.from(Payload).toString();
  if (FunctionError !== undefined) throw new StackError(`The reprocessor failed: ${text}`);
  return JSON.parse(text);
}
