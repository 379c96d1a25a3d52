import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import type { Aws } from '../aws.ts';
import { type Facts, keyOf } from '../facts.ts';
import { denials, missingFrom, parsePolicy, type Statement } from '../policy.ts';
import { failed, ok, type Result, warning } from '../result.ts';

async function lookAtState(key: string, { kms }: Aws): Promise<Result> {
  const what = 'encryption key';
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: key }));
  const { KeySpec, KeyState, KeyUsage } = KeyMetadata ?? {};
  if (KeyState !== 'Enabled')
    return failed(
      what,
      `${key} is ${KeyState}: nothing that it encrypted can be read`,
      'aws kms enable-key, or aws kms cancel-key-deletion and then enable-key (docs/runbook.md).',
    );
  if (KeyUsage !== 'ENCRYPT_DECRYPT' || KeySpec !== 'SYMMETRIC_DEFAULT')
    return failed(what, `${key} is not a symmetric key`, 'Deploy with the ARN of a symmetric key.');
  return ok(what, `${key} is enabled`);
}

const policyWarning = (statements: readonly Statement[]): Result[] =>
  denials(statements).length === 0
    ? []
    : [
        warning(
          'key policy',
          `denies something (${denials(statements)
            .map(({ Sid }) => Sid || 'no Sid')
            .join(', ')}); whether that hits this stack is not judged here`,
          'Read these statements.',
        ),
      ];

/** The policy of a key that is not the stack's own, statement by statement of what the stack's output asks. */
async function lookAtPolicy(key: string, asked: string, { kms }: Aws): Promise<Result[]> {
  const { Policy = '{"Statement":[]}' } = await kms.send(
    new GetKeyPolicyCommand({ KeyId: key, PolicyName: 'default' }),
  );
  const statements = parsePolicy(Policy);
  const needed = parsePolicy(asked);
  const missing = missingFrom(statements, needed);
  const results = missing.map(({ Sid }) =>
    failed(
      `key policy: ${Sid}`,
      "is in no statement of the key's policy",
      `Add the statement ${Sid} of the output EncryptionKeyPolicy to it.`,
    ),
  );
  const held = needed.filter((statement) => !missing.includes(statement));
  const good = held.map(({ Sid }) => ok(`key policy: ${Sid}`, 'is allowed'));
  return [...good, ...results, ...policyWarning(statements)];
}

/** The key, where one is used. Who may use it by policies of IAM is not checked. */
export async function lookAtKey(facts: Facts, aws: Aws): Promise<Result[]> {
  const key = keyOf(facts);
  if (key === undefined) return [];
  const asked = facts.outputs['EncryptionKeyPolicy'];
  const policy = asked === undefined ? [] : await lookAtPolicy(key, asked, aws);
  return [await lookAtState(key, aws), ...policy];
}
