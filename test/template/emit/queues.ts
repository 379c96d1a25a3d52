import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';

interface Batch {
  readonly Entries: readonly { readonly Id: string }[];
}

const confirm = ({ Entries }: Batch) => ({
  Successful: Entries.map(({ Id }) => ({ Id, MessageId: Id })),
});

/** Mocked queues that accept every message and are empty. */
export function queues() {
  const mock = mockClient(SQSClient);
  mock.resolves({});
  mock.on(SendMessageBatchCommand).callsFake(confirm);
  mock.on(DeleteMessageBatchCommand).callsFake(confirm);
  mock.on(ChangeMessageVisibilityBatchCommand).callsFake(confirm);
  return mock;
}
