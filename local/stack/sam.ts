import { createWriteStream } from 'node:fs';
import { execa } from 'execa';
import { localCredentials } from './engine.ts';
import { StackError } from './errors.ts';
import { paths, root } from './paths.ts';
import { samVenv, venvBin } from './python.ts';

/** The pinned SAM CLI. Not `npx sam`, which is an unrelated package. */
export const sam = venvBin(samVenv, 'sam');

/** A port on which nothing listens: discard. */
const NOWHERE = 'http://127.0.0.1:9';

/** Excludes the user's AWS settings, so that nothing can be deployed anywhere but to `endpoint`; nowhere without one. */
const localEnvironment = (endpoint = NOWHERE): Record<string, string> => ({
  ...localCredentials,
  PATH: `${paths.nodeBin}:${process.env['PATH'] ?? ''}`,
  HOME: paths.samHome,
  AWS_ENDPOINT_URL: endpoint,
  AWS_EC2_METADATA_DISABLED: 'true',
  SAM_CLI_TELEMETRY: '0',
  // Seconds between looks at CloudFormation: 5 by default, and the engine is done in less.
  SAM_CLI_POLL_DELAY: '0.1',
});

async function runSam(
  args: readonly string[],
  {
    endpoint,
    onLine,
    signal,
  }: { endpoint?: string; onLine: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  const child = execa(sam, args, {
    cwd: root,
    env: localEnvironment(endpoint),
    extendEnv: false,
    all: true,
    cancelSignal: signal,
    forceKillAfterDelay: 2_000,
  });
  const log = createWriteStream(paths.samLog, { flags: 'a' });
  child.all.on('data', (chunk: Buffer) => {
    log.write(chunk);
    onLine(String(chunk).trim().split('\n').at(-1)?.trim() ?? '');
  });
  try {
    await child;
  } catch (cause) {
    const output = cause instanceof Error && 'all' in cause ? String(cause.all) : String(cause);
    const lastLines = output.trim().split('\n').slice(-12).join('\n');
    // No `cause`: it has the whole command line, which contains secrets.
    throw new StackError(`sam ${args[0]} failed (full log: ${paths.samLog}):\n${lastLines}`);
  } finally {
    log.end();
  }
}

interface Deployment {
  readonly endpoint: string;
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs `sam build` on the project's template, as for AWS. It calls no AWS. */
export const samBuild = (signal: AbortSignal): Promise<void> =>
  runSam(['build'], { onLine: () => undefined, signal });

/** Runs `sam deploy` of the project's template to the local engine. */
export async function samDeploy({ stackName, parameters, ...options }: Deployment): Promise<void> {
  const flags = ['--no-confirm-changeset', '--no-fail-on-empty-changeset', '--no-progressbar'];
  const target = ['--stack-name', stackName, '--region', localCredentials.AWS_REGION];
  const overrides = ['--parameter-overrides', ...toOverrides(parameters)];
  await runSam(['deploy', ...target, ...flags, ...overrides], options);
}

/** Parameters as arguments of `--parameter-overrides`. The SAM CLI unescapes quotes, but no backslashes. */
export const toOverrides = (parameters: Readonly<Record<string, string>>): string[] =>
  Object.entries(parameters).map(([key, value]) => `${key}="${value.replaceAll('"', '\\"')}"`);
