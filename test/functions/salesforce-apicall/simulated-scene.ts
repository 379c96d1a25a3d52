import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  type Call,
  type CallSalesforce,
  createCaller,
} from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { parseCredentials } from '../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { login } from '../../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../../functions/salesforce-apicall/salesforce/session.ts';
import { createTransport } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { simulatedOrg } from '../../../local/demo/salesforce.ts';
import { type Simulator, startSimulator } from '../../../local/salesforce/server.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../../../local/stack/simulator.ts';
import { createHarness } from './harness.ts';

type Config = Parameters<typeof createHarness>[0]['config'];

/** The function between AWS in memory and a simulated org, which is reset before each test of the file. */
export function useSimulatedOrg() {
  const org = makeOrgCredentials();
  const send = createTransport();
  const started: { simulator?: Simulator; callSalesforce?: CallSalesforce } = {};
  const url = (): string => started.simulator?.url ?? '';

  beforeAll(async () => {
    started.simulator = await startSimulator({ org });
    const credentials = parseCredentials(salesforceSecretOf(url(), org), 'jwt');
    const logIn = () =>
      login(credentials, { flow: 'jwt', audience: undefined, send, timeoutMs: 5_000 });
    started.callSalesforce = createCaller({ sessions: new Sessions(logIn), send });
  });
  const reset = () => fetch(`${url()}/__sim/reset`, { method: 'POST' });
  beforeEach(reset);
  afterAll(() => started.simulator?.close());

  const createScene = (config?: Config) => {
    const calls: Call[] = [];
    const harness = createHarness({
      callSalesforce: async (call, timeoutMs) => {
        calls.push(call);
        if (started.callSalesforce === undefined) throw new Error('The org is not started');
        return started.callSalesforce(call, timeoutMs);
      },
      ...(config === undefined ? {} : { config }),
    });
    return { ...harness, calls };
  };
  return { createScene, org: () => simulatedOrg(url()), reset };
}
