import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { StackError } from './errors.ts';
import { paths } from './paths.ts';
import { answers, type Service, startService, waitUntilReady } from './processes.ts';

/** Both sides of the trust between the stack and the simulated org, made anew for each start. */
export interface OrgCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
  readonly securityToken: string;
  readonly privateKey: string;
  readonly certificate: string;
}

/** An RSA key pair in PEM: what an org's certificate and a secret's certKey are made of. */
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

/** Starts the simulator on 127.0.0.1 with an empty org. Answers once it takes requests. */
export async function startSimulator(
  port: number,
  { privateKey: _kept, ...org }: OrgCredentials,
  onStart: (pid: number) => Promise<void>,
): Promise<string> {
  const url = `http://127.0.0.1:${port}`;
  await writeFile(paths.simulatorConfig, JSON.stringify({ port, org }), { mode: 0o600 });
  const child = startService(simulatorService);
  if (child.pid === undefined)
    throw new StackError('The Salesforce simulator could not be started.');
  await onStart(child.pid);
  await waitUntilReady(child, simulatorService, () => answers(`${url}/services/data`));
  return url;
}

/** The secret's JSON that the stack logs in with: the fields of docs and of TriggerMesh. */
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
