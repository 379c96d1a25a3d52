import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import getPort from 'get-port';
import { onTestFinished } from 'vitest';
import type { AwsClients } from '../../cli/aws.ts';
import { createRoutes } from '../../console/server/all-routes.ts';
import { Connection } from '../../console/server/connection.ts';
import { bundlePage } from '../../console/server/page.ts';
import { type Read, startServer } from '../../console/server/server.ts';
import { paths, root } from '../../local/stack/paths.ts';
import { describedStack, mockAws, type Texts } from '../cli/harness.ts';

export const token = 'token-of-this-start';

/** The smallest page, in a folder of the project, so that packages are found. */
export async function makePage(files: Readonly<Record<string, string>> = {}): Promise<string> {
  await mkdir(paths.local, { recursive: true });
  const folder = await mkdtemp(join(paths.local, 'page-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const all = {
    'index.html': '<!doctype html><title>page</title>',
    'main.tsx': 'document.title = `page ${1 + 1}`;',
    'style.css': 'body { color: red; }',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) await writeFile(join(folder, name), text);
  return folder;
}

const ARN =
  'arn:aws:cloudformation:us-east-1:123456789012:stack/salesforce-eventbridge/6f1c1c80-0000-0000-0000-000000000000';

/** A stack, and the clients that read it. @param resources logical id → type and physical id. */
export function fakeStack(
  resources: Readonly<Record<string, readonly [type: string, physicalId: string]>> = {},
  outputs: Texts = {},
  parameters: Texts = {},
) {
  const aws = mockAws(describedStack(outputs, parameters, { StackId: ARN }));
  const StackResourceSummaries = Object.entries(resources).map(
    ([LogicalResourceId, [ResourceType, PhysicalResourceId]]) => ({
      LogicalResourceId,
      ResourceType,
      PhysicalResourceId,
      LastUpdatedTimestamp: new Date(0),
      ResourceStatus: 'CREATE_COMPLETE' as const,
    }),
  );
  aws.cloudFormation.on(ListStackResourcesCommand).resolves({ StackResourceSummaries });
  return aws;
}

interface Options {
  readonly clients: AwsClients;
  readonly isLocal?: boolean;
  readonly canSteer?: boolean;
  /** Instead of the console's own, by their paths. */
  readonly readings?: Readonly<Record<string, Read>>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A console on a free port, and its requests as its page makes them. It is closed when the test ends. */
export async function startConsole({
  clients,
  isLocal = false,
  canSteer = false,
  readings,
}: Options) {
  const port = await getPort({ host: '127.0.0.1' });
  const logged: string[] = [];
  const options = { stackName: 'salesforce-eventbridge', local: isLocal };
  const { url, close } = await startServer({
    port,
    token,
    canSteer,
    connection: new Connection(options, async () => clients),
    assets: await bundlePage(await makePage()),
    ...createRoutes({ canSteer, root }),
    ...(readings && { readings }),
    log: (text) => logged.push(text),
  });
  onTestFinished(close);
  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const isJson =
      text !== '' && response.headers.get('content-type')?.startsWith('application/json');
    const body: unknown = isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body };
  };
  const authorization = `Bearer ${token}`;
  return {
    url,
    port,
    logged,
    request,
    get: (path: string) => request(`/api/${path}`, { headers: { authorization } }),
    post: (path: string, body: unknown) =>
      request(`/api/${path}`, {
        method: 'POST',
        headers: { authorization, origin: url, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  };
}
