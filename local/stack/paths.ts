import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const local = join(root, '.local');

/** The local stack writes only to `.local/`, which git ignores. */
export const paths = {
  local,
  stackFile: join(local, 'stack.json'),
  /** Secrets and ports, kept from start to start. */
  identity: join(local, 'identity.json'),
  runFile: join(local, 'run.json'),
  runLock: join(local, 'run.lock'),
  samHome: join(local, 'sam'),
  /** Each call that was made to AWS: a JSON line with role, action, resource and IAM's decision. */
  iamCalls: join(local, 'iam-calls.jsonl'),
  engineLog: join(local, 'engine.log'),
  simulatorConfig: join(local, 'salesforce.json'),
  simulatorLog: join(local, 'salesforce.log'),
  /** The digest of the engine that passed its probes. */
  probed: join(local, 'engine-probed'),
  samLog: join(local, 'sam.log'),
  venv: (name: string) => join(local, 'venv', name),
  engine: join(root, 'local', 'engine'),
  engineMain: join(root, 'local', 'engine', 'main.py'),
  engineProbes: join(root, 'local', 'engine', 'probes', 'main.py'),
  simulatorMain: join(root, 'local', 'salesforce', 'main.ts'),
  nodeBin: dirname(process.execPath),
} as const;
