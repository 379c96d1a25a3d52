import 'jsforce';
import { Connection } from 'jsforce/lib/connection.js';
import { describe, expect, it } from 'vitest';
import { classifyResponse } from '../../../../functions/salesforce-apicall/outcome/classify.ts';
import { useTestOrg } from '../harness.ts';

const org = useTestOrg();

describe('what is not simulated', () => {
  it.each([
    ['POST', '/ui-api/records', 'User Interface API (with its Idempotency-Key)'],
    ['GET', '/ui-api/object-info/Account', 'User Interface API'],
    ['POST', '/jobs/ingest', 'Bulk API 2.0'],
    ['PUT', '/jobs/ingest/7505g0000000001/batches', 'Bulk API 2.0'],
    ['POST', '/graphql', 'GraphQL'],
    ['POST', '/actions/standard/emailSimple', 'Actions'],
    ['POST', '/process/approvals', 'approvals'],
    ['GET', '/connect/communities', '/connect'],
    ['GET', '/chatter/users/me', '/chatter'],
    ['GET', '/analytics/reports', 'Reports'],
    ['GET', '/tabs', 'Tabs'],
    ['POST', '/services/apexrest/orders/v1', 'Apex REST'],
    ['GET', '/services/oauth2/authorize?x=1', 'OAuth endpoint /services/oauth2/authorize'],
  ])('row 63: %s %s names itself', async (method, path, words) => {
    const { status, body } = await org().rest(method, path, method === 'GET' ? undefined : {});
    expect(status).toBe(400);
    expect(body).toEqual([{ errorCode: 'NOT_SIMULATED', message: expect.stringContaining(words) }]);
  });

  it('names itself, although its path is none of REST: the Streaming API', async () => {
    const headers = { authorization: `Bearer ${org().token}` };
    const answer = await fetch(`${org().url}/cometd/68.0`, { method: 'POST', headers });
    expect(await answer.json()).toMatchObject([
      { errorCode: 'NOT_SIMULATED', message: expect.stringContaining('Streaming API') },
    ]);
  });

  it('is permanent for the product: neither retried, nor taken for a missing record or a limit', async () => {
    const { status, body } = await org().rest('POST', '/graphql', {});
    const outcome = classifyResponse({ status, headers: {}, body }, true);
    expect(outcome).toMatchObject({ class: 'permanent-data', errorCode: 'NOT_SIMULATED' });
  });

  it('needs a session if it is an API of the org: Apex REST', async () => {
    const headers = { authorization: 'Bearer x' };
    const answer = await org().rest('GET', '/services/apexrest/x', undefined, headers);
    expect(answer.status).toBe(401);
  });

  it('names itself to stock jsforce: Bulk API and Bulk API 2.0', async () => {
    const connection = new Connection({
      instanceUrl: org().url,
      accessToken: org().token,
      version: '68.0',
      logLevel: 'FATAL',
    });
    const records = [{ Name: 'a' }];
    const failed = { errorCode: 'NOT_SIMULATED', message: expect.stringContaining('The Bulk API') };
    const load = { object: 'Account', operation: 'insert', input: records } as const;
    await expect(connection.bulk2.loadAndWaitForResults(load)).rejects.toMatchObject(failed);
    const job = connection.bulk.createJob('Account', 'insert');
    job.on('error', () => undefined);
    await expect(job.open()).rejects.toMatchObject(failed);
  });
});
