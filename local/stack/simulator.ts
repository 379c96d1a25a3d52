import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { StackError } from './errors.ts';
import { paths } from './paths.ts';
import { isHealthy, type Service, startService, waitUntilReady } from './processes.ts';

/** The credentials of the simulated org, on both sides. */
export interface OrgCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
  readonly securityToken: string;
  readonly privateKey: string;
  readonly certificate: string;
}

/** An RSA key pair in PEM, for the org's certificate and the secret's `certKey`. */
export const makeKeyPair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

export function makeOrgCredentials(): OrgCredentials {
  const { privateKey, publicKey } = makeKeyPair();
  const random = (): string => randomBytes(16).toString('hex');
  return {
    clientId: `local-${random()}`,
    clientSecret: random(),
    username: 'integration@local.example',
    password: random(),
    securityToken: random(),
    privateKey,
    certificate: publicKey,
  };
}

const simulatorService: Service = {
  name: 'Salesforce simulator',
  command: process.execPath,
  args: [paths.simulatorMain, '--config', paths.simulatorConfig],
  env: { PATH: '/usr/bin:/bin', HOME: paths.local },
  logFile: paths.simulatorLog,
};

/** Starts the simulator on 127.0.0.1 with an empty org. Resolves when it accepts requests. */
export async function startSimulator(
  port: number,
  { privateKey: _kept, ...org }: OrgCredentials,
  onStart: (pid: number) => Promise<void>,
): Promise<string> {
  const url = `http://127.0.0.1:${port}`;
  await writeFile(paths.simulatorConfig, JSON.stringify({ port, org }), { mode: 0o600 });
  const child = startService(simulatorService);
  if (child.pid === undefined) throw new StackError('Could not start the Salesforce simulator.');
  await onStart(child.pid);
  await waitUntilReady(child, simulatorService, () => isHealthy(`${url}/services/data`));
  return url;
}

/** The JSON of the Salesforce secret, with TriggerMesh's field names. */
export const salesforceSecretOf = (url: string, org: OrgCredentials): string =>
  JSON.stringify({
    server: url,
    clientID: org.clientId,
    clientSecret: org.clientSecret,
    user: org.username,
    password: org.password,
    securityToken: org.securityToken,
    certKey: org.privateKey,
  });
