import { createGuard } from '../../../../functions/salesforce-apicall/idempotency/guard.ts';
import type { SaveResult } from '../../../../functions/salesforce-apicall/idempotency/table.ts';
import { toIncomingRequest } from '../../../../functions/salesforce-apicall/request/parse.ts';
import { createCaller } from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { parseCredentials } from '../../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { login } from '../../../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../../../functions/salesforce-apicall/salesforce/session.ts';
import { createTransport } from '../../../../functions/salesforce-apicall/salesforce/transport.ts';
import { simulatedOrg } from '../../../../local/demo/salesforce.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../../../../local/stack/simulator.ts';
import { isResult, processAround } from '../harness.ts';

export const credentials = makeOrgCredentials();
const send = createTransport();

const secret = (url: string, change: object): string =>
  JSON.stringify({ ...JSON.parse(salesforceSecretOf(url, credentials)), ...change });

/** Logs in to the org at a URL, with a secret changed by `change`. */
export const logIn = (
  url: string,
  flow: 'jwt' | 'client_credentials' | 'password',
  change: object = {},
  audience?: string,
) => login(parseCredentials(secret(url, change), flow), { flow, audience, send, timeoutMs: 5_000 });

type Table = Parameters<typeof createGuard>[0];

/** The idempotency table as DynamoDB's conditions make it behave. */
function memoryTable(): Table & { readonly claims: Map<string, SaveResult> } {
  const claims = new Map<string, SaveResult>();
  return {
    claims,
    read: async ({ effectId: id }) => {
      const known = claims.get(id);
      return known?.state === 'saved' ? undefined : known;
    },
    putCompleted: async ({ effectId: id }, outcome) => {
      claims.set(id, { state: 'completed', outcome });
    },
    inProgressUntil: () => '1',
    saveInProgress: async ({ effectId: id }) => {
      const known = claims.get(id);
      if (known === undefined) claims.set(id, { state: 'expired' });
      return known ?? { state: 'saved' };
    },
    saveCompleted: async (id, outcome) => {
      claims.set(id, { state: 'completed', outcome });
    },
    deleteInProgress: async (id) => {
      claims.delete(id);
    },
  };
}

/** The processing of requests with sessions of the org at a URL, and an idempotency table in memory. */
export function createScene(url: string) {
  const table = memoryTable();
  let logins = 0;
  const sessions = new Sessions(() => {
    logins += 1;
    return logIn(url, 'jwt');
  });
  const process = processAround({
    callSalesforce: createCaller({ sessions, send }),
    guard: createGuard(table, () => undefined),
    callTimeoutMs: 2_000,
  });
  const run = async (data: object, id = 'message-1') => {
    const [result] = await process(
      [toIncomingRequest(data, { id, source: 'queue' })],
      () => 60_000,
    );
    if (isResult(result)) return result;
    throw new Error('There was no time');
  };
  return { run, logins: () => logins, table, simulated: simulatedOrg(url) };
}
