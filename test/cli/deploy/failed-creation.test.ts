import { DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { cleanUpFailedCreation } from '../../../cli/deploy/failed-creation.ts';
import { fakeAccount, fakeTerminal, STACK, stackWith } from '../environment/harness.ts';
import type { Texts } from '../harness.ts';

const id = `arn:stack/${STACK}`;
const stack = { id, name: STACK, status: 'ROLLBACK_COMPLETE' };
const none = { reason: '', parameters: {}, outputs: {}, tags: {} };

const resource = (
  LogicalResourceId: string,
  ResourceType: string,
  ResourceStatus: 'DELETE_COMPLETE' | 'DELETE_FAILED',
) => ({
  LogicalResourceId,
  ResourceType,
  ResourceStatus,
  PhysicalResourceId: LogicalResourceId.toLowerCase(),
});

/** The rollback deleted the queue; the bucket has two versions of an object. */
function failedAccount(versions = 2) {
  const fake = fakeAccount({
    resources: [
      resource('SpillQueue', 'AWS::SQS::Queue', 'DELETE_COMPLETE'),
      resource('ParkBucket', 'AWS::S3::Bucket', 'DELETE_FAILED'),
    ],
  });
  const all = Array.from({ length: versions }, (_, index) => ({ Key: 'a', VersionId: `${index}` }));
  fake.s3.on(ListObjectVersionsCommand).resolves({ Versions: all });
  fake.s3.on(DeleteObjectsCommand).resolves({});
  fake.s3.on(ListMultipartUploadsCommand).resolves({});
  fake.cloudFormation.on(DeleteStackCommand).resolves({});
  fake.cloudFormation
    .on(DescribeStacksCommand)
    .resolves({ Stacks: [stackWith({}, { StackStatus: 'DELETE_COMPLETE' })] });
  return fake;
}

async function cleanUp(fake: ReturnType<typeof failedAccount>, answers?: Texts) {
  const { shown, terminal } = fakeTerminal(answers);
  const { log, prompt } = terminal;
  const asking = prompt === undefined ? undefined : { log, prompt };
  const done = cleanUpFailedCreation(fake.clients, { ...none, ...stack }, { asking, log });
  const error = await done.then(
    () => undefined,
    (cause: Error) => cause.message,
  );
  return {
    error,
    output: shown.lines.join('\n'),
    deletedObjects: fake.s3.commandCalls(DeleteObjectsCommand).length,
    deletedStacks: fake.cloudFormation.commandCalls(DeleteStackCommand).length,
  };
}

describe('cleanUpFailedCreation', () => {
  it('lists what is left, empties buckets after asking, and deletes the stack', async () => {
    const result = await cleanUp(failedAccount(), { 'Delete the contents': 'y' });
    expect(result).toMatchObject({ error: undefined, deletedObjects: 1, deletedStacks: 1 });
    expect(result.output).toContain('AWS::S3::Bucket ParkBucket (parkbucket), with 2 objects');
    expect(result.output).not.toContain('SpillQueue');
  });

  it('deletes nothing if the answer is no', async () => {
    const result = await cleanUp(failedAccount(), { 'Delete the contents': 'n' });
    expect(result).toMatchObject({ deletedObjects: 0, deletedStacks: 0 });
    expect(result.error).toBe('Nothing was deleted.');
  });

  it('deletes no object when nobody can be asked', async () => {
    const result = await cleanUp(failedAccount());
    expect(result).toMatchObject({ deletedObjects: 0, deletedStacks: 0 });
    expect(result.error).toContain('on a terminal');
  });

  it('needs no answer where no bucket has objects', async () => {
    const result = await cleanUp(failedAccount(0));
    expect(result).toMatchObject({ error: undefined, deletedObjects: 0, deletedStacks: 1 });
  });
});
