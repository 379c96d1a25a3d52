import { createPrivateKey } from 'node:crypto';
import {
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  PutSecretValueCommand,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../../local/stack/simulator.ts';
import { fakeAws, makeFile, run, secretArn } from './kit.ts';

const { privateKey } = makeKeyPair();
const server = 'https://acme.my.salesforce.com';
const app = ['--server', server, '--client-id', 'consumer-key'];
const jwt = async (key = privateKey): Promise<string[]> => [
  'secret',
  ...app,
  '--user',
  'integration@acme.example',
  '--key-file',
  await makeFile(key, 'key.pem'),
];
const written = ({ written: all }: ReturnType<typeof fakeAws>): unknown[] =>
  all().map((json) => JSON.parse(json));

describe('salesforce secret', () => {
  it("writes what options say to the stack's secret and shows none of it", async () => {
    const fake = fakeAws();
    const { exitCode, output } = await run(await jwt(), { aws: fake.aws });
    expect(exitCode).toBe(0);
    expect(written(fake)).toEqual([
      { server, clientID: 'consumer-key', user: 'integration@acme.example', certKey: privateKey },
    ]);
    expect(output).toContain('Written: server, clientID, user, certKey');
    expect(output).toContain(`${secretArn}, version version-2`);
    expect(output).not.toMatch(/BEGIN|consumer-key/);
  });

  it('asks what options do not say', async () => {
    const fake = fakeAws();
    const answers = {
      '--server': server,
      '--client-id': 'consumer-key',
      '--user': 'somebody@acme.example',
      '--key-file': await makeFile(privateKey),
    };
    const { asked } = await run(['secret'], { aws: fake.aws, answers });
    expect(asked.map(({ option }) => option)).toEqual(Object.keys(answers));
    expect(written(fake)).toMatchObject([{ user: 'somebody@acme.example' }]);
  });

  it('takes the flow from the stack, and the consumer secret without showing it', async () => {
    const fake = fakeAws({ parameters: { AuthFlow: 'client_credentials' } });
    const answers = { '--client-secret-file': 'typed-secret' };
    const { asked, output } = await run(['secret', ...app], { aws: fake.aws, answers });
    expect(asked).toMatchObject([{ option: '--client-secret-file', hidden: true }]);
    expect(written(fake)).toEqual([
      { server, clientID: 'consumer-key', clientSecret: 'typed-secret' },
    ]);
    expect(output).not.toContain('typed-secret');
  });

  it('says when the stack logs in by another flow', async () => {
    const file = await makeFile('file-secret\n');
    const args = ['secret', '--flow', 'client_credentials', ...app, '--client-secret-file', file];
    const fake = fakeAws();
    const { output } = await run(args, { aws: fake.aws });
    expect(written(fake)).toMatchObject([{ clientSecret: 'file-secret' }]);
    expect(output).toContain('deploy it with AuthFlow=client_credentials');
  });

  it('asks for the passphrase of an encrypted key, and keeps both', async () => {
    const certKey = createPrivateKey(privateKey)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
      .toString();
    const fake = fakeAws();
    const answers = { '--passphrase-file': 'open sesame' };
    const { asked } = await run(await jwt(certKey), { aws: fake.aws, answers });
    expect(asked).toMatchObject([{ hidden: true }]);
    expect(written(fake)).toMatchObject([{ certKey, passphrase: 'open sesame' }]);
  });

  it('takes a whole secret from a file as it is', async () => {
    const json = JSON.stringify({
      server,
      clientID: 'a',
      clientSecret: 'b',
      user: 'c',
      password: 'd',
    });
    const fake = fakeAws({ parameters: { AuthFlow: 'password' } });
    const { exitCode } = await run(['secret', '--file', await makeFile(json)], { aws: fake.aws });
    expect(exitCode).toBe(0);
    expect(fake.written()).toEqual([json]);
  });

  it.each([
    ['no key', async () => jwt('no key'), 'certKey is not a private key in PEM'],
    ['an empty answer', async () => [...(await jwt()), '--user', ' '], 'lacks user'],
    ['no URL', async () => [...(await jwt()), '--server', 'acme'], 'server is not an https URL'],
    ['no such file', async () => [...(await jwt()), '--key-file', '/none'], '/none cannot be read'],
    ['the password flow', async () => ['secret', '--flow', 'password', ...app], '--file'],
  ])('writes nothing with %s', async (_what, args, message) => {
    const fake = fakeAws();
    const { exitCode, output } = await run(await args(), { aws: fake.aws });
    expect(exitCode).toBe(1);
    expect(output).toContain(message);
    expect(fake.written()).toEqual([]);
  });

  it('says how to deploy when there is no stack', async () => {
    const { aws, cloudFormation } = fakeAws();
    cloudFormation.on(DescribeStacksCommand).rejects(
      new CloudFormationServiceException({
        name: 'ValidationError',
        message: 'Stack with id other does not exist',
        $fault: 'client',
        $metadata: {},
      }),
    );
    const { exitCode, output } = await run(['secret', '--stack-name', 'other'], { aws });
    expect(exitCode).toBe(1);
    expect(output).toMatch(/other does not exist.*npm run deploy/s);
  });

  it('says when the stack is another one', async () => {
    const { output } = await run(['secret'], { aws: fakeAws({ outputs: {} }).aws });
    expect(output).toContain('has no output SalesforceSecretArn');
  });

  it.each([
    ['AccessDeniedException', 'not yours', /not yours\. It takes .*PutSecretValue/],
    ['ExpiredTokenException', 'too old', /too old\. Sign in/],
    ['InternalServiceError', 'try later', /^AWS says: try later\.$/],
  ])('says in the words of AWS why it could not write: %s', async (name, message, expected) => {
    const { aws, secretsManager } = fakeAws();
    const error = { name, message, $fault: 'client' as const, $metadata: {} };
    secretsManager.on(PutSecretValueCommand).rejects(new SecretsManagerServiceException(error));
    const { exitCode, output } = await run(await jwt(), { aws });
    expect(exitCode).toBe(1);
    expect(output).toMatch(expected);
  });
});
