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
import { fakeAws, makeFile, run, secretArn } from './harness.ts';

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
  it("writes the options to the stack's secret and prints none of their values", async () => {
    const fake = fakeAws();
    const { exitCode, output } = await run(await jwt(), { clients: fake.clients });
    expect(exitCode).toBe(0);
    expect(written(fake)).toEqual([
      { server, clientID: 'consumer-key', user: 'integration@acme.example', certKey: privateKey },
    ]);
    expect(output).toContain('Written: server, clientID, user, certKey');
    expect(output).toContain(`${secretArn}, version version-2`);
    expect(output).not.toMatch(/BEGIN|consumer-key/);
  });

  it('prints one JSON document with --json, without any value', async () => {
    const { output } = await run([...(await jwt()), '--json'], { clients: fakeAws().clients });
    expect(JSON.parse(output)).toEqual({
      command: 'salesforce secret',
      ok: true,
      result: {
        secretArn,
        version: 'version-2',
        fields: ['server', 'clientID', 'user', 'certKey'],
        flow: 'jwt',
        deployedFlow: 'jwt',
      },
    });
  });

  it('prompts for each field without an option', async () => {
    const fake = fakeAws();
    const answers = {
      'My Domain URL (https://…):': server,
      'Consumer key of the app:': 'consumer-key',
      'Username of the integration user:': 'somebody@acme.example',
      'Path of the private key:': await makeFile(privateKey),
    };
    const { prompts } = await run(['secret'], { clients: fake.clients, answers });
    expect(prompts.map(({ message }) => message)).toEqual(Object.keys(answers));
    expect(written(fake)).toMatchObject([{ user: 'somebody@acme.example' }]);
  });

  it('takes the flow from the stack, and hides the consumer secret', async () => {
    const fake = fakeAws({ parameters: { AuthFlow: 'client_credentials' } });
    const answers = { 'Consumer secret of the app:': 'typed-secret' };
    const { output, prompts } = await run(['secret', ...app], { clients: fake.clients, answers });
    expect(prompts).toEqual([{ message: 'Consumer secret of the app:', isSecret: true }]);
    expect(written(fake)).toEqual([
      { server, clientID: 'consumer-key', clientSecret: 'typed-secret' },
    ]);
    expect(output).not.toContain('typed-secret');
  });

  it('reports that the stack uses another flow', async () => {
    const file = await makeFile('file-secret\n');
    const args = ['secret', '--flow', 'client_credentials', ...app, '--client-secret-file', file];
    const fake = fakeAws();
    const { output } = await run(args, { clients: fake.clients });
    expect(written(fake)).toMatchObject([{ clientSecret: 'file-secret' }]);
    expect(output).toContain('deploy it with AuthFlow=client_credentials');
  });

  it('prompts for the passphrase of an encrypted key, and writes both', async () => {
    const certKey = createPrivateKey(privateKey)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
      .toString();
    const fake = fakeAws();
    const answers = { 'Passphrase of the private key:': 'open sesame' };
    const { prompts } = await run(await jwt(certKey), { clients: fake.clients, answers });
    expect(prompts).toMatchObject([{ isSecret: true }]);
    expect(written(fake)).toMatchObject([{ certKey, passphrase: 'open sesame' }]);
  });

  it('writes a complete secret from a file unchanged', async () => {
    const json = JSON.stringify({
      server,
      clientID: 'a',
      clientSecret: 'b',
      user: 'c',
      password: 'd',
    });
    const fake = fakeAws({ parameters: { AuthFlow: 'password' } });
    const { exitCode } = await run(['secret', '--file', await makeFile(json)], {
      clients: fake.clients,
    });
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
    const { exitCode, output } = await run(await args(), { clients: fake.clients });
    expect(exitCode).toBe(2);
    expect(output).toContain(message);
    expect(fake.written()).toEqual([]);
  });

  it('names the option of a missing field when there is no terminal', async () => {
    const fake = fakeAws({ parameters: { AuthFlow: 'client_credentials' } });
    const { exitCode, output } = await run(['secret', ...app], { clients: fake.clients });
    expect(exitCode).toBe(2);
    expect(output).toBe('Consumer secret of the app is missing: pass --client-secret-file.');
    expect(fake.written()).toEqual([]);
  });

  it('explains how to deploy when there is no stack', async () => {
    const { clients, cloudFormation } = fakeAws();
    cloudFormation.on(DescribeStacksCommand).rejects(
      new CloudFormationServiceException({
        name: 'ValidationError',
        message: 'Stack with id other does not exist',
        $fault: 'client',
        $metadata: {},
      }),
    );
    const { exitCode, output } = await run(['secret', '--stack-name', 'other'], { clients });
    expect(exitCode).toBe(2);
    expect(output).toMatch(/other does not exist.*npm run deploy/s);
  });

  it('names the output that another stack does not have', async () => {
    const { clients } = fakeAws({ outputs: {} });
    const { output } = await run(['secret'], { clients });
    expect(output).toContain('has no output SalesforceSecretArn');
  });

  it.each([
    ['AccessDeniedException', 'not yours', /not yours\. Required permissions: .*PutSecretValue/],
    ['ExpiredTokenException', 'too old', /too old\. Sign in/],
    ['InternalServiceError', 'try later', /^AWS error: try later\.$/],
  ])('reports the error of AWS when it cannot write: %s', async (name, message, expected) => {
    const { clients, secretsManager } = fakeAws();
    const error = { name, message, $fault: 'client' as const, $metadata: {} };
    secretsManager.on(PutSecretValueCommand).rejects(new SecretsManagerServiceException(error));
    const { exitCode, output } = await run(await jwt(), { clients });
    expect(exitCode).toBe(2);
    expect(output).toMatch(expected);
  });
});
