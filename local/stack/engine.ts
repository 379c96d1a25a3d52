import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { StackError } from './errors.ts';
import { paths, root } from './paths.ts';
import { answers, type Service, startService, waitUntilReady } from './processes.ts';
import { engineVenv, venvBin } from './python.ts';

/** What every AWS client of the local stack signs with; the engine accepts anything. */
export const localCredentials = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
} as const;

/** Workers inherit the engine's environment, so it gets no more than it needs: nothing of the user's shell. */
export const engineEnvironment = (port: number, home: string): Record<string, string> => ({
  PATH: `${paths.nodeBin}:/usr/bin:/bin`,
  HOME: home,
  TMPDIR: home,
  BIND_HOST: '127.0.0.1',
  GATEWAY_PORT: String(port),
  IOT_MTLS_ENABLED: '0',
  MINISTACK_ACCOUNT_ID: '000000000000',
});

const engineService = (port: number, home: string): Service => ({
  name: 'AWS engine',
  command: venvBin(engineVenv, 'python'),
  args: [paths.engineMain],
  env: engineEnvironment(port, home),
  logFile: paths.engineLog,
});

export interface StartedEngine {
  readonly enginePid: number;
  readonly engineHome: string;
}

/**
 * Starts the engine on 127.0.0.1 with an empty state; resolves once it takes requests. Its home is outside the
 * project, so that functions find packages in their bundle and their layer only, as on AWS.
 *
 * @param onStart called before the wait, so that a start that fails or is interrupted can be undone.
 */
export async function startEngine(
  port: number,
  onStart: (started: StartedEngine) => Promise<void>,
): Promise<void> {
  const engineHome = await mkdtemp(join(tmpdir(), 'salesforce-eventbridge-'));
  const service = engineService(port, engineHome);
  const child = startService(service);
  if (child.pid === undefined) {
    throw new StackError(`The AWS engine could not be started: ${service.command}`);
  }
  await onStart({ enginePid: child.pid, engineHome });
  await waitUntilReady(child, service, () => answers(`http://127.0.0.1:${port}/_ministack/health`));
}

interface Probe {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

const parseProbe = (line: string): Probe[] => (line.startsWith('{') ? [JSON.parse(line)] : []);

/**
 * Asserts each behaviour of the engine that the product relies on; answers how many held.
 *
 * @throws StackError naming the probes that failed: the engine is at fault, not the product.
 */
export async function runProbes(endpoint: string): Promise<number> {
  const { stdout, stderr, failed } = await execa(
    venvBin(engineVenv, 'python'),
    [paths.engineProbes, '--endpoint', endpoint],
    { cwd: root, env: localCredentials, reject: false },
  );
  const probes = stdout.split('\n').flatMap(parseProbe);
  if (!failed && probes.length > 0) return probes.length;
  const broken = probes
    .filter(({ ok }) => !ok)
    .map(({ name, detail }) => `${name} (${detail ?? ''})`);
  throw new StackError(
    `The AWS engine does not behave as this project needs: ${broken.join('; ') || stderr}. Its log: ${paths.engineLog}`,
  );
}
