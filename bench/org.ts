import { startSimulator } from '../local/salesforce/server.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../local/stack/simulator.ts';

/** A simulated org of its own that no bench brings to its daily limit, and the secret that leads to it. */
export async function startOrg() {
  const org = makeOrgCredentials();
  const simulator = await startSimulator({ org, dailyApiRequests: 10_000_000 });
  return {
    url: simulator.url,
    org,
    secret: salesforceSecretOf(simulator.url, org),
    /** API calls that the org has counted. */
    calls: async (): Promise<number> =>
      Object(await (await fetch(`${simulator.url}/__sim/calls`)).json()).total,
    stop: () => simulator.close(),
  };
}
