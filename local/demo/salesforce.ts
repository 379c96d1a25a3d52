import type { Mood, Settings } from '../salesforce/settings.ts';

/** A record of the simulated org, with all its fields. */
export interface SalesforceRecord {
  readonly Id: string;
  readonly [field: string]: unknown;
}

/** The fields are described in local/salesforce/README.md. */
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

/** Changes of the org's settings; a mood sets all of them, before the others are changed. */
export type SettingsChange = Partial<Settings> & { readonly mood?: Mood };

/** A request to Salesforce, logins included. */
interface SalesforceCall {
  readonly kind: 'api' | 'login' | 'identity';
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** An injected fault, with the number of requests that it will still fail, and of those it spares before. */
export interface AddedFault extends Fault {
  readonly id: string;
  readonly left: number;
  readonly spare: number;
}

/** The simulator's control API: reads records and calls, injects faults, changes settings. */
export function simulatedOrg(url: string) {
  const call = async (method: string, path: string, body?: unknown): Promise<string> => {
    const response = await fetch(`${url}/__sim/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok)
      throw new Error(`The simulator responded with ${response.status} to ${method} ${path}`);
    return response.text();
  };
  return {
    records: async (sObject: string): Promise<SalesforceRecord[]> =>
      JSON.parse(await call('GET', `records/${sObject}`)),
    addFault: (fault: Fault) => call('POST', 'faults', fault),
    clearFaults: () => call('DELETE', 'faults'),
    endFault: ({ id }: AddedFault) => call('DELETE', `faults/${id}`),
    /** All faults injected since the last `clearFaults`, played or not. */
    faults: async (): Promise<AddedFault[]> => JSON.parse(await call('GET', 'faults')),
    /** Every access token ever issued, to check that none leaks. */
    tokens: async (): Promise<string[]> => JSON.parse(await call('GET', 'tokens')),
    /** Adds objects, and fields to known ones, in the format of the simulator's schema files. */
    addToSchema: (...definitions: object[]) => call('POST', 'schema', definitions),
    expireTokens: () => call('POST', 'expire-tokens'),
    settings: async (): Promise<Settings> => JSON.parse(await call('GET', 'settings')),
    changeSettings: (change: SettingsChange) => call('PATCH', 'settings', change),
    calls: async (): Promise<SalesforceCall[]> => JSON.parse(await call('GET', 'calls')).calls,
  };
}
