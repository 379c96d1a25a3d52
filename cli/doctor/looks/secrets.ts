import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { Aws } from '../aws.ts';
import { type Facts, keyOf, physicalId } from '../facts.ts';
import { failed, ok, type Result, warning } from '../result.ts';

interface Secret {
  readonly what: string;
  readonly id: string;
  /** What to do when there is no value. */
  readonly remedy: string;
}

/** Each secret that a function reads: given by parameter, or the stack's own. */
function secretsOf(facts: Facts): Secret[] {
  const { parameters, outputs } = facts;
  const id = (parameter: string, own: string) => parameters[parameter] || physicalId(facts, own);
  const webhook = 'Write the value: aws secretsmanager put-secret-value (docs/webhooks.md).';
  const all = [
    {
      what: 'GitHub webhook secret',
      id: id('GitHubWebhookSecretArn', 'GitHubSigningSecret'),
      remedy: webhook,
    },
    {
      what: 'Twilio webhook secret',
      id: id('TwilioWebhookSecretArn', 'TwilioSigningSecret'),
      remedy: webhook,
    },
    {
      what: 'Salesforce secret',
      id: outputs['SalesforceSecretArn'],
      remedy: 'Write the credentials: npm run salesforce -- secret',
    },
  ];
  return all.flatMap(({ id: found, ...secret }) => (found ? [{ ...secret, id: found }] : []));
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

/** A key of the customer's that is not the stack's: its own policy has to let the function's role decrypt. */
const isForeign = (key: string | undefined, facts: Facts): key is string =>
  key !== undefined &&
  !key.includes('alias/aws/') &&
  key.split('/').at(-1) !== keyOf(facts)?.split('/').at(-1);

/** The value itself is never read: that there is one is told by its version. */
async function lookAtSecret(secret: Secret, facts: Facts, aws: Aws): Promise<Result> {
  const { what, id, remedy } = secret;
  try {
    const { DeletedDate, KmsKeyId, VersionIdsToStages } = await aws.secretsManager.send(
      new DescribeSecretCommand({ SecretId: id }),
    );
    if (DeletedDate !== undefined)
      return failed(what, `${id} is about to be deleted`, 'aws secretsmanager restore-secret');
    const stages = Object.values(VersionIdsToStages ?? {}).flat();
    if (!stages.includes('AWSCURRENT')) return failed(what, `${id} has no value yet`, remedy);
    if (isForeign(KmsKeyId, facts))
      return warning(
        what,
        `has a value, encrypted with ${KmsKeyId}, about which the stack grants its functions nothing`,
        "Let the function's role kms:Decrypt in that key's policy.",
      );
    return ok(what, 'has a value');
  } catch (error) {
    if (!isMissing(error)) throw error;
    return failed(what, `${id} does not exist`, 'Deploy with the ARN of one that does.');
  }
}

export const lookAtSecrets = (facts: Facts, aws: Aws): Promise<Result[]> =>
  Promise.all(secretsOf(facts).map((secret) => lookAtSecret(secret, facts, aws)));
