import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  createTransport,
  type Send,
} from '../../../../functions/salesforce-apicall/salesforce/transport.ts';
import { simulatedOrg } from '../../../../local/demo/salesforce.ts';
import { type Simulator, startSimulator } from '../../../../local/salesforce/server.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../../../../local/stack/simulator.ts';
import { fakeAws, run } from '../harness.ts';

type Change = Readonly<Record<string, unknown>>;

interface Checked {
  readonly ok: boolean;
  readonly result: {
    readonly checks: readonly {
      readonly step: string;
      readonly status: string;
      readonly detail: string;
      readonly remedy?: string;
    }[];
  };
}

interface Setup {
  /** Of the secret. */
  readonly change?: Change;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly send?: Send;
}

/** A simulated org for the tests of a file, and `check` as its integration user. */
export function useCheckedOrg() {
  const org = makeOrgCredentials();
  const transport = createTransport();
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ org, dailyApiRequests: 1_000 });
  });
  beforeEach(() => fetch(`${simulator.url}/__sim/reset`, { method: 'POST' }));
  afterAll(() => simulator.close());

  const secretOf = (change: Change = {}): string =>
    JSON.stringify({ ...JSON.parse(salesforceSecretOf(simulator.url, org)), ...change });

  /** Runs `check` against the simulated org, with the secret in AWS. */
  const check = async (args: readonly string[] = [], setup: Setup = {}) => {
    const { change, parameters = {}, send = transport } = setup;
    const { clients } = fakeAws({ parameters, secret: secretOf(change) });
    const { exitCode, output } = await run(['check', '--json', ...args], { clients, send });
    const { ok, result }: Checked = JSON.parse(output);
    const { checks } = result;
    const statuses = Object.fromEntries(checks.map(({ step, status }) => [step, status]));
    const failed = checks.find(({ status }) => status === 'failed');
    return { exitCode, output, ok, checks, statuses, failed };
  };

  /** Answers requests whose URL ends in `end` in place of Salesforce. */
  const answering =
    (end: string, body: unknown, { statusCode = 200, headers = {} } = {}): Send =>
    (request) => {
      if (!request.url.endsWith(end)) return transport(request);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return Promise.resolve({ statusCode, headers, body: text });
    };

  return {
    credentials: org,
    url: (): string => simulator.url,
    control: () => simulatedOrg(simulator.url),
    secretOf,
    check,
    answering,
  };
}
