/** A record of the simulated org, with all its fields. */
export interface SalesforceRecord {
  readonly Id: string;
  readonly [field: string]: unknown;
}

/** local/salesforce/README.md says what each field does. */
export interface Fault {
  readonly name?: string;
  readonly match: { readonly method?: string; readonly path?: string; readonly body?: string };
  readonly scope?: 'call' | 'record';
  readonly status?: number;
  readonly errorCode?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly html?: boolean | string;
  readonly reset?: boolean;
  readonly truncate?: 'body' | 'stream';
  readonly pass?: boolean;
  readonly delayMs?: number;
  readonly times: number;
  readonly skip?: number;
  readonly after: 'before' | 'commit';
}

/** A request that Salesforce took, logins too. */
interface SalesforceCall {
  readonly kind: 'api' | 'login';
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** A fault that was added: how many requests it will still fail, and how many it will still spare before. */
export interface AddedFault extends Fault {
  readonly id: string;
  readonly left: number;
  readonly spare: number;
}

/** The simulator's control surface: lookups and faults. */
export function simulatedOrg(url: string) {
  const call = async (method: string, path: string, body?: unknown): Promise<string> => {
    const response = await fetch(`${url}/__sim/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok)
      throw new Error(`The simulator answered ${response.status} to ${method} ${path}`);
    return response.text();
  };
  return {
    records: async (sObject: string): Promise<SalesforceRecord[]> =>
      JSON.parse(await call('GET', `records/${sObject}`)),
    addFault: (fault: Fault) => call('POST', 'faults', fault),
    clearFaults: () => call('DELETE', 'faults'),
    /** All faults that were added since the last `clearFaults`, played or not. */
    faults: async (): Promise<AddedFault[]> => JSON.parse(await call('GET', 'faults')),
    /** Every token that was ever given: what must not be seen elsewhere. */
    tokens: async (): Promise<string[]> => JSON.parse(await call('GET', 'tokens')),
    expireTokens: () => call('POST', 'expire-tokens'),
    calls: async (): Promise<SalesforceCall[]> => JSON.parse(await call('GET', 'calls')).calls,
  };
}
