import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, platform } from 'node:os';

const measured = [
  '@aws-lambda-powertools/logger',
  '@aws-sdk/client-eventbridge',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-sqs',
  '@octokit/webhooks',
  '@octokit/webhooks-methods',
  'jsforce',
  'jsonwebtoken',
  'twilio',
];

const PYTHON_LOCK = 'bench/quick-start/requirements.txt';

async function npmVersion(name: string): Promise<[string, string]> {
  const { version } = Object(
    JSON.parse(await readFile(`node_modules/${name}/package.json`, 'utf8')),
  );
  return [name, String(version)];
}

/** `name==version` of a lock file with hashes. */
async function pythonVersions(): Promise<[string, string][]> {
  const lock = await readFile(PYTHON_LOCK, 'utf8');
  const pins = lock.matchAll(/^(boto3|botocore|aws-secretsmanager-caching)==([^\s\\;]+)/gm);
  return [...pins].map(([, name = '', version = '']) => [name, version]);
}

/** The versions of all measured packages. */
export const versions = async (): Promise<Record<string, string>> =>
  Object.fromEntries([
    ...(await Promise.all(measured.map(npmVersion))),
    ...(await pythonVersions()),
  ]);

export const machine = () => ({
  cores: availableParallelism(),
  platform: `${platform()} ${arch()}`,
  node: process.version.slice(1),
});
