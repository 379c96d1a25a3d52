import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueOpened, sendGitHub } from '../../local/demo/github.ts';
import { requireRunning } from '../../local/stack/run-state.ts';
import { up } from '../../local/stack/up.ts';
import { observer, replyTo, request, stack } from './kit.ts';
import { parameters } from './parameters.ts';

const deploy = async (changed: Record<string, string>) => {
  await requireRunning();
  return up({
    command: 'npm test',
    ownerPid: process.ppid,
    parameters: { ...parameters, ...changed },
    signal: new AbortController().signal,
    silent: true,
  });
};

describe('a deployment that changes only parameters', () => {
  beforeAll(() => deploy({ GitHubAcceptedEvents: 'push', ResponseSource: 'renamed' }));
  // A parameter that is not given keeps its value, as on AWS.
  afterAll(() => deploy({ GitHubAcceptedEvents: '*', ResponseSource: 'salesforcetarget' }));

  it('is seen through the function URL', async () => {
    const url = stack.functionUrls.github ?? '';
    const answer = await sendGitHub(url, stack.secrets.github, issueOpened());
    expect(answer).toMatchObject({ status: 202, body: expect.stringContaining('not accepted') });
  });

  it('is seen through the queue', async () => {
    const id = await request({ action: 'GET', resource: 'limits' });
    await replyTo(id);
    const event = await observer.find(({ detail }) => detail['processedid'] === id);
    expect(event?.source).toBe('renamed');
  });
});
