import { mkdir, rm } from 'node:fs/promises';
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
const engineService = (port: number): Service => ({
  name: 'AWS engine',
  command: venvBin(engineVenv, 'python'),
  args: [paths.engineMain],
  env: {
    PATH: `${paths.nodeBin}:/usr/bin:/bin`,
    HOME: paths.engineHome,
    TMPDIR: paths.engineHome,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    IOT_MTLS_ENABLED: '0',
    MINISTACK_ACCOUNT_ID: '000000000000',
  },
  logFile: paths.engineLog,
});

/** Starts the engine on 127.0.0.1 with an empty state. Answers its process id once it takes requests. */
export async function startEngine(
  port: number,
  onStart: (pid: number) => Promise<void>,
): Promise<number> {
  await rm(paths.engineHome, { recursive: true, force: true });
  await mkdir(paths.engineHome, { recursive: true });
  const service = engineService(port);
  const child = startService(service);
  const { pid } = child;
  if (pid === undefined)
    throw new StackError(`The AWS engine could not be started: ${service.command}`);
  await onStart(pid);
  await waitUntilReady(child, service, () => answers(`http://127.0.0.1:${port}/_ministack/health`));
  return pid;
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
