import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { StackError } from './errors.ts';
import { readOptionalFile } from './files.ts';
import { paths, root } from './paths.ts';
import { isHealthy, type Service, startService, waitUntilReady } from './processes.ts';
import { engineVenv, venvBin } from './python.ts';

/** The developer's credentials on the local stack, which may do everything. Functions have those of their roles. */
export const localCredentials = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
} as const;

/** Functions inherit the engine's environment, so it contains only what the engine needs, nothing of the user's shell. */
export const engineEnvironment = (port: number, home: string): Record<string, string> => ({
  PATH: `${paths.nodeBin}:/usr/bin:/bin`,
  HOME: home,
  TMPDIR: home,
  BIND_HOST: '127.0.0.1',
  GATEWAY_PORT: String(port),
  IOT_MTLS_ENABLED: '0',
  MINISTACK_ACCOUNT_ID: '000000000000',
  AUTH: 'true',
});

const engineService = (port: number, home: string): Service => ({
  name: 'AWS engine',
  command: venvBin(engineVenv, 'python'),
  args: [paths.engineMain],
  env: { ...engineEnvironment(port, home), ENGINE_IAM_CALLS: paths.iamCalls },
  logFile: paths.engineLog,
});

export interface StartedEngine {
  readonly enginePid: number;
  readonly engineHome: string;
}

/**
 * Starts the engine on 127.0.0.1 with an empty state. Resolves when it accepts requests. Its home is outside the
 * project, so that functions find packages only in their bundle and their layer, as on AWS.
 *
 * @param onStart called before the engine is ready, so that a start that fails or is interrupted can be undone.
 */
export async function startEngine(
  port: number,
  onStart: (started: StartedEngine) => Promise<void>,
): Promise<void> {
  const engineHome = await mkdtemp(join(tmpdir(), 'salesforce-eventbridge-'));
  const service = engineService(port, engineHome);
  const child = startService(service);
  if (child.pid === undefined) {
    throw new StackError(`Could not start the AWS engine: ${service.command}`);
  }
  await onStart({ enginePid: child.pid, engineHome });
  await waitUntilReady(child, service, () =>
    isHealthy(`http://127.0.0.1:${port}/_ministack/health`),
  );
}

interface Probe {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

/** What the probes depend on: the engine, our extension, Python's packages, and the Node that runs functions. */
async function probedVersion(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  const files = await readdir(paths.engine, { recursive: true });
  for (const file of files.filter((name) => /\.(?:py|txt)$/.test(name)).toSorted())
    hash.update(file).update(await readFile(join(paths.engine, file)));
  return hash.digest('hex');
}

const parseProbe = (line: string): Probe[] => (line.startsWith('{') ? [JSON.parse(line)] : []);

/**
 * Checks each behaviour of the engine that the product relies on, unless the same engine passed before. Returns the number of checks.
 *
 * @throws StackError with the probes that failed: a fault of the engine, not of the product.
 */
export async function runProbes(endpoint: string): Promise<number | 'passed before'> {
  const version = await probedVersion();
  if ((await readOptionalFile(paths.probed)) === version) return 'passed before';
  const { stdout, stderr, failed } = await execa(
    venvBin(engineVenv, 'python'),
    [paths.engineProbes, '--endpoint', endpoint],
    { cwd: root, env: localCredentials, reject: false },
  );
  const probes = stdout.split('\n').flatMap(parseProbe);
  if (!failed && probes.length > 0) {
    await writeFile(paths.probed, version);
    return probes.length;
  }
  const broken = probes
    .filter(({ ok }) => !ok)
    .map(({ name, detail }) => `${name} (${detail ?? ''})`);
  throw new StackError(
    `The AWS engine failed its probes: ${broken.join('; ') || stderr}. Its log: ${paths.engineLog}`,
  );
}
