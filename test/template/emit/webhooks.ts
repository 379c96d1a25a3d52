import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { log } from '../../../functions/common/logger.ts';
import { WebhookReport } from '../../../functions/common/webhook/handler.ts';
import { urlEvent } from '../../functions/harness.ts';

const provider = process.argv[2] ?? '';
const ids = { delivery: 'delivery-1', hook: '1', event: 'issues', action: 'opened' };
const report = new WebhookReport({
  provider,
  secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:s',
  log,
});

const payloadKey = 'claims/2026-11-27/delivery-1';
const entry = { id: 'delivery-1', source: 's', detailType: 't', detail: '{}', resources: [] };
const published = { outcome: 'published', eventId: 'event-1', payloadKey } as const;
report.accepted([entry], [published], ids);
report.accepted([entry, entry], [published, published], ids);
const errorCode = 'ThrottlingException';
report.accepted([entry], [{ outcome: 'spilled', messageId: 'spilled-1', errorCode }], ids);
report.ignored('not accepted', ids);
report.rejected('signature');
report.rejected('malformed', ids);
report.notPublished(new Error('neither bus nor queue'), ids);
report.secretUnusable(new Error('no value'));

// A wrong signature makes the function read the secret again.
mockClient(SecretsManagerClient)
  .on(GetSecretValueCommand)
  .resolves({ SecretString: 'secret', CreatedDate: new Date(0) });
const { handler } = await import(`../../../functions/${provider}-webhook/index.ts`);
const wrong = {
  github: {
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
    },
    body: '{}',
  },
  twilio: {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    },
    body: 'Body=text',
  },
};
const request = provider === 'github' ? wrong.github : wrong.twilio;
await handler(urlEvent(request), Object({ getRemainingTimeInMillis: () => 9_000 }));
