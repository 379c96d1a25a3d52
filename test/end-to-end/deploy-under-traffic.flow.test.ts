import { randomUUID } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueOpened, sendGitHub } from '../../local/demo/github.ts';
import { failureOf } from '../../local/demo/queues.ts';
import { localClient } from '../../local/stack/aws.ts';
import { root } from '../../local/stack/paths.ts';
import { readStack } from '../../local/stack/stack-file.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { physicalId } from './functions.ts';
import {
  changeParameters,
  observer,
  org,
  queues,
  redeploy,
  replyTo,
  request,
  stack,
} from './harness.ts';

const client = localClient(stack.endpoint);
const lambda = new LambdaClient(client);
const cloudFormation = new CloudFormationClient(client);

/** A file that `sam build` made: changing it changes the deployment, and no source. */
const built = (...path: string[]): string => join(root, '.aws-sam/build', ...path);

async function versionsOf(logicalId: string) {
  const FunctionName = await physicalId(logicalId);
  const { CodeSha256, Environment, Layers } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  return { code: CodeSha256, layer: Layers?.[0]?.Arn, variables: Environment?.Variables };
}

/** The physical ids of all resources that hold data. */
async function dataIds(): Promise<Record<string, string>> {
  const { StackResourceSummaries = [] } = await cloudFormation.send(
    new ListStackResourcesCommand({ StackName: stack.stackName }),
  );
  const data = StackResourceSummaries.filter(({ ResourceType = '' }) =>
    /^AWS::(SQS::Queue|S3::Bucket|DynamoDB::Table|SecretsManager::Secret|Events::EventBus)$/.test(
      ResourceType,
    ),
  );
  return Object.fromEntries(
    data.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
}

const TITLE = 'during a deployment';

/** Posts signed webhooks one after another until it is stopped; collects the titles of those that were accepted. */
function startTraffic() {
  let isOn = true;
  const accepted: string[] = [];
  const rejected: number[] = [];
  const post = async (): Promise<void> => {
    const title = `${TITLE} ${randomUUID()}`;
    const payload = JSON.parse(issueOpened());
    const body = JSON.stringify({ ...payload, issue: { ...payload.issue, title } });
    const { status } = await sendGitHub(
      stack.functionUrls.github ?? '',
      stack.secrets.github,
      body,
    );
    if (status === 202) accepted.push(title);
    else rejected.push(status);
  };
  const work = (async () => {
    while (isOn) {
      await post();
      // GitHub's rate is not the point: a steady stream through the whole deployment is.
      await setTimeout(50);
    }
  })();
  return {
    accepted,
    rejected,
    stop: async () => {
      isOn = false;
      await work;
    },
  };
}

const titleOf = (detail: Readonly<Record<string, unknown>>): unknown =>
  Object(detail['issue'])['title'];

describe('a deployment under traffic that changes code, layer, parameters and encryption', () => {
  const traffic = startTraffic();
  let before: Awaited<ReturnType<typeof versionsOf>>;
  let data: Record<string, string>;

  beforeAll(async () => {
    before = await versionsOf('GitHubWebhookFunction');
    data = await dataIds();
    await waitFor('the first webhooks', async () => traffic.accepted.length > 5 || undefined);
    await appendFile(built('GitHubWebhookFunction', 'index.mjs'), '\n// Another version.\n');
    await appendFile(built('SalesforceApiCallFunction', 'index.mjs'), '\n// Another version.\n');
    await writeFile(built('DependenciesLayer', 'nodejs', 'version'), 'another');
    const count = traffic.accepted.length;
    await redeploy({
      PreviousSecretHours: '25',
      Encryption: 'stack-key',
      GitHubAcceptedEvents: 'issues',
      ResponseSource: 'renamed',
    });
    const during = traffic.accepted.length - count;
    expect(during).toBeGreaterThan(20);
    const after = traffic.accepted.length + 20;
    await waitFor('webhooks after it', async () => traffic.accepted.length > after || undefined);
    await traffic.stop();
  });
  afterAll(() =>
    changeParameters({
      PreviousSecretHours: '24',
      Encryption: 'aws-owned',
      GitHubAcceptedEvents: '*',
      ResponseSource: 'salesforcetarget',
    }),
  );

  it('changes code, layer and environment', async () => {
    const { code, layer, variables } = await versionsOf('GitHubWebhookFunction');
    expect(code).not.toBe(before.code);
    expect(layer).not.toBe(before.layer);
    expect(variables?.['PREVIOUS_SECRET_HOURS']).toBe('25');
  });

  it('leaves the file of the stack true', async () => {
    expect(await readStack()).toEqual(stack);
  });

  it('changes the answers of the function URL', async () => {
    const url = stack.functionUrls.github ?? '';
    const answer = await sendGitHub(url, stack.secrets.github, issueOpened(), 'push');
    expect(answer).toMatchObject({ status: 202, body: expect.stringContaining('not accepted') });
  });

  it('changes the replies to requests', async () => {
    const id = await request({ action: 'GET', resource: 'limits' });
    await replyTo(id);
    const event = await observer.find(({ detail }) => detail['processedid'] === id);
    expect(event?.source).toBe('renamed');
  });

  // Lambda lets a running invocation end; the engine ends it with the update of its code or of its configuration.
  it('rejects no webhook but those that the engine cuts off', () => {
    expect(traffic.rejected.filter((status) => status !== 502)).toEqual([]);
    expect(traffic.rejected.length).toBeLessThanOrEqual(2);
  });

  it('keeps every queue, bucket, table, secret and bus', async () => {
    expect(await dataIds()).toEqual(data);
  });

  it('publishes every accepted webhook to the bus, once', async () => {
    const expected = traffic.accepted.toSorted();
    const published = async () => {
      const events = await observer.filter(({ source }) => source === 'github.com');
      return events
        .map(({ detail }) => String(titleOf(detail)))
        .filter((one) => expected.includes(one));
    };
    await waitFor(
      'all of them',
      async () => (await published()).length >= expected.length || undefined,
    );
    expect((await published()).sort()).toEqual(expected);
  });

  // A create whose invocation the engine ended may have reached Salesforce: apicall dead-letters it instead of repeating it.
  it('makes a Case of every accepted webhook, once, or dead-letters it as an unknown outcome', async () => {
    const expected = new Set(traffic.accepted);
    const cases = async () => {
      const subjects = (await org.records('Case')).map(({ Subject }) => String(Subject));
      return subjects.filter((subject) => expected.has(subject));
    };
    const cutOff = async () => {
      const messages = await queues.apicall.messages(TITLE);
      const unknown = messages.filter((one) => failureOf(one)?.class === 'outcome-unknown');
      return [...expected].filter((title) => unknown.some(({ Body = '' }) => Body.includes(title)));
    };
    const find = async () => {
      const found = { created: await cases(), unknown: await cutOff() };
      const known = new Set([...found.created, ...found.unknown]);
      return known.size === expected.size ? found : undefined;
    };
    // Messages of a cut-off invocation come back after the queue's visibility timeout, 100 seconds here.
    const outcome = await waitFor('all of them', find, { timeoutMs: 220_000, intervalMs: 1_000 });
    expect(new Set(outcome.created).size).toBe(outcome.created.length);
    expect(outcome.unknown.length).toBeLessThan(expected.size / 4);
  });
});
