import { startSimulator } from '../local/salesforce/server.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../local/stack/simulator.ts';

/** Starts a simulated org, with a daily limit that no bench reaches. Returns its address and its secret. */
export async function startOrg() {
  const org = makeOrgCredentials();
  const simulator = await startSimulator({ org, dailyApiRequests: 10_000_000 });
  return {
    url: simulator.url,
    org,
    secret: salesforceSecretOf(simulator.url, org),
    /** The number of API calls so far. */
    calls: async (): Promise<number> =>
      Object(await (await fetch(`${simulator.url}/__sim/calls`)).json()).total,
    stop: () => simulator.close(),
  };
}
