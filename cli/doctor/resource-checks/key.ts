import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import type { AwsClients } from '../../aws.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import { encryptionKeyOf, type Inventory } from '../inventory.ts';
import { denials, missingFrom, parsePolicy, type Statement } from '../policy.ts';

async function checkState(key: string, { kms }: AwsClients): Promise<Finding> {
  const what = 'encryption key';
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: key }));
  const { KeySpec, KeyState, KeyUsage } = KeyMetadata ?? {};
  if (KeyState !== 'Enabled')
    return failed(
      what,
      `${key} is ${KeyState}: nothing that it encrypted can be read`,
      `aws kms enable-key --key-id ${key} (if it is pending deletion, aws kms cancel-key-deletion --key-id ${key} first; docs/runbook.md).`,
    );
  if (KeyUsage !== 'ENCRYPT_DECRYPT' || KeySpec !== 'SYMMETRIC_DEFAULT')
    return failed(what, `${key} is not a symmetric key`, 'Deploy with the ARN of a symmetric key.');
  return ok(what, `${key} is enabled`);
}

function checkDenials(statements: readonly Statement[]): Finding[] {
  const denying = denials(statements).map(({ Sid }) => Sid || 'no Sid');
  if (denying.length === 0) return [];
  return [
    warning(
      'key policy',
      `has Deny statements (${denying.join(', ')}); whether they affect this stack is not checked`,
      'Review these statements.',
    ),
  ];
}

/** Checks the policy of a key that is not the stack's own against each statement in the stack's output. */
async function checkKeyPolicy(
  key: string,
  requiredPolicy: string,
  { kms }: AwsClients,
): Promise<Finding[]> {
  const { Policy = '{"Statement":[]}' } = await kms.send(
    new GetKeyPolicyCommand({ KeyId: key, PolicyName: 'default' }),
  );
  const statements = parsePolicy(Policy);
  const required = parsePolicy(requiredPolicy);
  const missing = missingFrom(statements, required);
  const allowed = required.filter((statement) => !missing.includes(statement));
  return [
    ...allowed.map(({ Sid }) => ok(`key policy: ${Sid}`, 'is allowed')),
    ...missing.map(({ Sid }) =>
      failed(
        `key policy: ${Sid}`,
        "is not covered by any statement of the key's policy",
        `Add the statement ${Sid} of the output EncryptionKeyPolicy to the key's policy.`,
      ),
    ),
    ...checkDenials(statements),
  ];
}

/** Checks the customer managed key, if there is one. What IAM policies allow is not checked. */
export async function checkKey(inventory: Inventory, clients: AwsClients): Promise<Finding[]> {
  const key = encryptionKeyOf(inventory);
  if (key === undefined) return [];
  const required = inventory.outputs['EncryptionKeyPolicy'];
  const policy = required === undefined ? [] : await checkKeyPolicy(key, required, clients);
  return [await checkState(key, clients), ...policy];
}
