import { execa } from 'execa';
import { expect, it } from 'vitest';
import { venvBin } from '../../../local/stack/python.ts';
import { makeOrgCredentials } from '../../../local/stack/simulator.ts';
import { useTestOrg } from '../../local/salesforce/harness.ts';
import { clientsVenv } from '../../tools.ts';
import { CLIENT_OBJECTS } from '../objects.ts';

const credentials = makeOrgCredentials();
const org = useTestOrg({ org: credentials, schema: CLIENT_OBJECTS });
const folder = new URL('.', import.meta.url).pathname;

it('simple-salesforce passes its suite (the files *_test.py name what of it)', async () => {
  const { url, token } = org();
  const python = venvBin(clientsVenv, 'python');
  const discover = '-B -W ignore -m unittest discover -p *_test.py -s'.split(' ');
  const { all, exitCode } = await execa(python, [...discover, folder], {
    env: { CONFORMANCE_ORG: JSON.stringify({ ...credentials, url, token }) },
    all: true,
    reject: false,
  });
  expect(all).toMatch(/^Ran \d{2} tests/m);
  expect(exitCode, all).toBe(0);
});
