import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { main } from '../../../cli/deploy/program.ts';
import { createDeploymentClients } from '../../../cli/environment/aws.ts';
import { fakeTerminal } from '../environment/harness.ts';

/** An HTTP response, as a service of AWS writes it. */
interface Reply {
  readonly body: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Answer = (parameters: URLSearchParams) => Reply;
export type Answers = Readonly<Record<string, Answer>>;

/** The query protocol's answer (CloudFormation, STS). */
export const xml = (action: string, result = ''): Reply => ({
  body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
});

export const xmlError = (code: string, message: string, status = 400): Reply => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

const json = (content: object): Reply => ({ body: JSON.stringify(content) });

export const jsonError = (code: string, message: string): Reply => ({
  status: 400,
  headers: { 'x-amzn-errortype': code },
  body: JSON.stringify({ __type: code, message }),
});

export const FAKE_ACCOUNT = '123456789012';

export const STACK_ID = `arn:aws:cloudformation:eu-central-1:${FAKE_ACCOUNT}:stack/shop/1`;

export const missingStack: Answer = (parameters) =>
  xmlError('ValidationError', `Stack with id ${parameters.get('StackName')} does not exist`);

/** The stack `shop` in a state; the SAM CLI's own stack does not exist. */
export const stackThatIs =
  (status: string): Answer =>
  (parameters) => {
    if (parameters.get('StackName')?.startsWith('aws-sam')) return missingStack(parameters);
    const stack = `<StackId>${STACK_ID}</StackId><StackName>shop</StackName><StackStatus>${status}</StackStatus>`;
    return xml('DescribeStacks', `<Stacks><member>${stack}</member></Stacks>`);
  };

/** The SAM CLI's own stack with its bucket; there is no other. */
export const samStack: Answer = (parameters) => {
  if (!parameters.get('StackName')?.startsWith('aws-sam')) return missingStack(parameters);
  const output =
    '<member><OutputKey>SourceBucket</OutputKey><OutputValue>sam-bucket</OutputValue></member>';
  const stack = `<StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${output}</Outputs>`;
  return xml('DescribeStacks', `<Stacks><member>${stack}</member></Stacks>`);
};

const change =
  '<Action>Add</Action><LogicalResourceId>ApiCallRule</LogicalResourceId><ResourceType>AWS::Events::Rule</ResourceType>';

/** An account without the stack, in which every check succeeds. */
const defaults: Answers = {
  GetCallerIdentity: () =>
    xml(
      'GetCallerIdentity',
      `<Arn>arn:aws:iam::${FAKE_ACCOUNT}:user/dev</Arn><Account>${FAKE_ACCOUNT}</Account>`,
    ),
  DescribeStacks: missingStack,
  GetTemplateSummary: () => xml('GetTemplateSummary'),
  ListStackResources: () => xml('ListStackResources'),
  CreateChangeSet: () =>
    xml('CreateChangeSet', `<Id>arn:change-set</Id><StackId>${STACK_ID}</StackId>`),
  DescribeChangeSet: () =>
    xml(
      'DescribeChangeSet',
      `<Status>CREATE_COMPLETE</Status><Changes><member><ResourceChange>${change}</ResourceChange></member></Changes>`,
    ),
  DescribeStackEvents: () => xml('DescribeStackEvents'),
  ExecuteChangeSet: () => xml('ExecuteChangeSet'),
  DeleteChangeSet: () => xml('DeleteChangeSet'),
  DeleteStack: () => xml('DeleteStack'),
  GetAccountSettings: () =>
    json({ AccountLimit: { ConcurrentExecutions: 1e3, UnreservedConcurrentExecutions: 1e3 } }),
  GetFunctionConcurrency: () => json({}),
  ListEventBuses: () => json({ EventBuses: [] }),
  ListRules: () => json({ Rules: [] }),
};

function actionOf(url: string, target: unknown, parameters: URLSearchParams): string {
  if (url.includes('account-settings')) return 'GetAccountSettings';
  if (url.endsWith('/concurrency')) return 'GetFunctionConcurrency';
  if (url.startsWith('/sam-bucket')) return 'HeadBucket';
  return parameters.get('Action') ?? String(target).split('.').at(-1) ?? '';
}

/** Answers the SDK's own requests, on 127.0.0.1, as AWS does: by default for an empty account. */
export async function startFakeAws(answers: Answers = {}) {
  const actions: string[] = [];
  const server = createServer(async (request, response) => {
    const parameters = new URLSearchParams(await text(request));
    const action = actionOf(request.url ?? '', request.headers['x-amz-target'], parameters);
    actions.push(action);
    const answer = answers[action] ?? defaults[action];
    const { body, headers, status } = answer?.(parameters) ?? { status: 400, body: action };
    response.writeHead(status ?? 200, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** The calls so far, by name. */
    actions,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const REGION = 'eu-central-1';
const FILE = `Account: "${FAKE_ACCOUNT}"\nRegion: ${REGION}\nStackName: shop\nParameters:\n  MaxAttempts: 3\n`;

export interface Scene {
  readonly answers?: Answers;
  readonly args?: readonly string[];
  readonly content?: string | Buffer;
  /** What the user types; nobody is there without it. */
  readonly typed?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs the command with the real AWS clients, against HTTP answers. Only the build is left out. */
export async function deployAgainst({
  answers,
  args = ['--yes'],
  content = FILE,
  env = {},
  typed,
}: Scene) {
  const aws = await startFakeAws(answers);
  const folder = mkdtempSync(join(tmpdir(), 'answers-'));
  const file = join(folder, 'production.yaml');
  writeFileSync(file, content);
  const shell = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_MAX_ATTEMPTS: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: folder,
    ...env,
  };
  for (const [name, value] of Object.entries(shell)) vi.stubEnv(name, value);
  const { shown, terminal } = fakeTerminal(typed);
  try {
    const exitCode = await main([...args, '--folder', folder], terminal, async () => ({
      ...terminal,
      createClients: createDeploymentClients,
      explicitRegion: undefined,
      shellRegion: async () => REGION,
      packageTemplate: async () => 'https://s3.example/template',
      intervalMs: 1,
    }));
    const output = shown.lines.join('\n').replaceAll(file, 'production.yaml');
    return { exitCode, output, actions: aws.actions, file: readFileSync(file, 'utf8') };
  } finally {
    aws.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
}
