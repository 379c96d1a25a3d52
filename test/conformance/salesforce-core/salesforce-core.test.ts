import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { makeOrgCredentials } from '../../../local/stack/simulator.ts';
import { useTestOrg } from '../../local/salesforce/harness.ts';
import { CLIENT_OBJECTS } from '../objects.ts';

const credentials = makeOrgCredentials();
const org = useTestOrg({ org: credentials, schema: CLIENT_OBJECTS });
const suite = new URL('suite.ts', import.meta.url).pathname;

/** It keeps its authorizations in the home directory: the suite has one of its own. */
async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'salesforce-core-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

it('@salesforce/core passes its suite (suite.ts names what of it)', async () => {
  const home = await makeHome();
  const privateKeyFile = join(home, 'key.pem');
  await writeFile(privateKeyFile, credentials.privateKey);
  const { url, token } = org();
  const { all, exitCode } = await execa(
    process.execPath,
    ['--test-isolation=none', '--test', suite],
    {
      env: {
        HOME: home,
        SF_DISABLE_TELEMETRY: 'true',
        SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
        CONFORMANCE_ORG: JSON.stringify({ ...credentials, privateKeyFile, url, token }),
      },
      all: true,
      reject: false,
    },
  );
  expect(all).toMatch(/pass \d{2}/);
  expect(exitCode, all).toBe(0);
});
