import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { AwsClients } from '../../aws.ts';
import { isErrorNamed } from '../../errors.ts';
import { formatAge } from '../../format.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import { encryptionKeyOf, type Inventory, webhookSecretOf } from '../inventory.ts';

interface Secret {
  readonly what: string;
  readonly id: string;
  /** What to do when the secret has no value, or a newer one than is deployed. */
  readonly remedy: string;
  /** The version that connections were deployed with. Functions read the current one by themselves. */
  readonly deployedVersion?: string;
}

function connectionSecret({ parameters }: Inventory): Secret[] {
  const { ConnectionSecretArn: id, ConnectionSecretVersionId: deployedVersion } = parameters;
  if (!id || !deployedVersion) return [];
  const remedy =
    'Deploy the current version: npm run deploy -- --set ConnectionSecretVersionId=… (docs/connections.md).';
  return [{ what: 'connection secret', id, remedy, deployedVersion }];
}

/** The secrets that the functions and connections read: given by parameter, or the stack's own. */
function secretsOf(inventory: Inventory): Secret[] {
  const { outputs } = inventory;
  const webhookSecret = (provider: 'GitHub' | 'Twilio'): Secret[] => {
    const id = webhookSecretOf(inventory, provider);
    const remedy = `Write the value: aws secretsmanager put-secret-value --secret-id ${id} --secret-string file://FILE (docs/webhooks.md).`;
    return id ? [{ what: `${provider} webhook secret`, id, remedy }] : [];
  };
  const salesforce = outputs['SalesforceSecretArn'];
  const remedy = 'Write the credentials: npm run salesforce -- secret';
  return [
    ...webhookSecret('GitHub'),
    ...webhookSecret('Twilio'),
    ...(salesforce ? [{ what: 'Salesforce secret', id: salesforce, remedy }] : []),
    ...connectionSecret(inventory),
  ];
}

/** A customer managed key that is not the stack's: its own policy has to allow the function's role to decrypt. */
const isOtherKey = (key: string | undefined, inventory: Inventory): key is string =>
  key !== undefined &&
  !key.includes('alias/aws/') &&
  key.split('/').at(-1) !== encryptionKeyOf(inventory)?.split('/').at(-1);

/** How old the value is, and whether connections have it: EventBridge reads a version when the stack is deployed. */
function findingOfValue(
  { deployedVersion, remedy, what }: Secret,
  writtenAt: Date | undefined,
  stages: Readonly<Record<string, readonly string[]>> = {},
): Finding {
  const age = writtenAt && formatAge(writtenAt, new Date());
  const detail = age === undefined ? 'has a value' : `has a value, written ${age} ago`;
  if (deployedVersion === undefined || stages[deployedVersion]?.includes('AWSCURRENT'))
    return ok(what, detail);
  return warning(
    what,
    `${detail}: newer than the version that connections are deployed with`,
    remedy,
  );
}

/** Checks that a secret has a current version. The value itself is never read. */
async function checkSecret(
  secret: Secret,
  inventory: Inventory,
  { secretsManager }: AwsClients,
): Promise<Finding> {
  const { what, id, remedy } = secret;
  try {
    const { DeletedDate, KmsKeyId, LastChangedDate, VersionIdsToStages } =
      await secretsManager.send(new DescribeSecretCommand({ SecretId: id }));
    if (DeletedDate !== undefined)
      return failed(
        what,
        `${id} is scheduled for deletion`,
        `aws secretsmanager restore-secret --secret-id ${id}`,
      );
    const stages = Object.values(VersionIdsToStages ?? {}).flat();
    if (!stages.includes('AWSCURRENT')) return failed(what, `${id} has no value yet`, remedy);
    if (isOtherKey(KmsKeyId, inventory))
      return warning(
        what,
        `has a value, encrypted with ${KmsKeyId}, for which the stack grants its functions no permission`,
        "Allow the function's role kms:Decrypt in that key's policy.",
      );
    return findingOfValue(secret, LastChangedDate, VersionIdsToStages);
  } catch (error) {
    if (!isErrorNamed(error, 'ResourceNotFoundException')) throw error;
    return failed(what, `${id} does not exist`, 'Deploy with the ARN of an existing secret.');
  }
}

export const checkSecrets = (inventory: Inventory, clients: AwsClients): Promise<Finding[]> =>
  Promise.all(secretsOf(inventory).map((secret) => checkSecret(secret, inventory, clients)));
