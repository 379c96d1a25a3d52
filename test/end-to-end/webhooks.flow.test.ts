import { describe, expect, it } from 'vitest';
import { sendGitHub } from '../../local/demo/github.ts';
import { incomingSms, sendTwilio } from '../../local/demo/twilio.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { observer, output, readObjects, stack, uniqueId } from './harness.ts';

const github = stack.functionUrls.github ?? '';
const twilio = stack.functionUrls.twilio ?? '';

describe('GitHub webhooks', () => {
  it('are rejected by method before anything else', async () => {
    const response = await fetch(github, { method: 'GET' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('are rejected by content type, naming the accepted ones', async () => {
    const response = await fetch(github, {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    expect(response.status).toBe(415);
    expect(await response.text()).toContain('application/json');
  });

  it('above the size limit become a claim check whose body is stored whole', async () => {
    const payload = JSON.stringify({ action: 'opened', text: 'x'.repeat(950_000) });
    const { status, deliveryId } = await sendGitHub(github, stack.secrets.github, payload);
    expect(status).toBe(202);
    const event = await waitFor('the claim-check event', () =>
      observer.find((candidate) =>
        candidate.resources.includes(`urn:webhook:github:delivery:${deliveryId}`),
      ),
    );
    expect(event['detail-type']).toBe('issues.claim-check');
    const [claim] = await readObjects(output('PayloadBucketName'), String(event.detail['key']));
    expect(claim?.text).toBe(payload);
  });
});

describe('Twilio webhooks', () => {
  it('above the size limit become a claim check whose body is stored whole', async () => {
    const text = uniqueId() + 'x'.repeat(950_000);
    const fields = incomingSms(text);
    const signedUrl = output('TwilioWebhookUrl');
    const authToken = stack.secrets.twilio;
    const { status } = await sendTwilio({ url: twilio, signedUrl, authToken, fields });
    expect(status).toBe(202);
    const claim = await waitFor('the stored body', async () => {
      const stored = await readObjects(output('PayloadBucketName'), 'claims/');
      return stored.find((object) => object.text.includes(text));
    });
    expect(JSON.parse(claim.text)).toMatchObject({ Body: text });
  });

  it('are verified with the query string that Twilio signed', async () => {
    const query = '?tenant=a%2Fb&x=1';
    const signedUrl = `${output('TwilioWebhookUrl')}${query}`;
    const request = {
      url: `${twilio}${query}`,
      signedUrl,
      authToken: stack.secrets.twilio,
      fields: incomingSms('hi'),
    };
    expect((await sendTwilio(request)).status).toBe(202);
    expect((await sendTwilio({ ...request, url: `${twilio}?tenant=other` })).status).toBe(401);
  });
});
