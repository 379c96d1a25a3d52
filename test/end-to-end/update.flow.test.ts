import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueOpened, sendGitHub } from '../../local/demo/github.ts';
import { observer, replyTo, request, stack } from './harness.ts';
import { redeploy } from './redeploy.ts';

describe('a deployment that changes only parameters', () => {
  beforeAll(() => redeploy({ GitHubAcceptedEvents: 'push', ResponseSource: 'renamed' }));
  // A parameter that is not given keeps its value, as on AWS.
  afterAll(() => redeploy({ GitHubAcceptedEvents: '*', ResponseSource: 'salesforcetarget' }));

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
