import { beforeEach } from 'vitest';
import { simulatedOrg } from '../../../../local/demo/salesforce.ts';
import { type Simulator, startSimulator } from '../../../../local/salesforce/server.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../../../../local/stack/simulator.ts';
import { fakeAws, run } from '../harness.ts';

export const credentials = makeOrgCredentials();
export const integrationUser = credentials.username;

/** A field as Tooling API makes it, to be changed by a test. */
export const METADATA = {
  type: 'Text',
  label: 'Event Id',
  length: 255,
  unique: true,
  externalId: true,
  caseSensitive: true,
};

export interface Step {
  readonly step: string;
  readonly status: string;
  readonly detail: string;
  readonly remedy?: string;
}

interface Session {
  readonly username: string;
  readonly accessToken: string;
  readonly instanceUrl: string;
}

type Parameters = Readonly<Record<string, string>>;

/** The steps of `event-id-field`, from its JSON. */
function reportIn(output: string) {
  const { result } = JSON.parse(output);
  const steps: Step[] = result?.steps ?? [];
  const statuses = Object.fromEntries(steps.map(({ step, status }) => [step, status]));
  const failed = steps.find(({ status }) => status === 'failed');
  const parameter: string | undefined = result?.parameters?.EventIdFields;
  return { steps, statuses, failed, parameter };
}

async function post(url: string, body: unknown = {}, token?: string): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** A simulated org, new for each test: a reset keeps the fields that were made. */
export function useOrg() {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ org: credentials });
    return () => simulator.close();
  });

  const administrator = async (): Promise<Session> =>
    Object(await post(`${simulator.url}/__sim/sessions`));
  const secret = (): string => salesforceSecretOf(simulator.url, credentials);
  const aws = (parameters: Parameters = {}) => fakeAws({ parameters, secret: secret() }).clients;

  /** Runs `event-id-field --json` with a session on standard input, by default the administrator's. */
  const provide = async (
    args: readonly string[],
    { input, parameters }: { readonly input?: string; readonly parameters?: Parameters } = {},
  ) => {
    const { exitCode, output } = await run(['event-id-field', '--json', '--token-stdin', ...args], {
      clients: aws(parameters),
      input: input ?? JSON.stringify(await administrator()),
    });
    return { exitCode, output, ...reportIn(output) };
  };

  /** Runs `check --json` as the integration user. */
  const check = async (args: readonly string[], parameters: Parameters = {}) => {
    const { exitCode, output } = await run(['check', '--json', ...args], {
      clients: aws(parameters),
    });
    const checks: Step[] = JSON.parse(output).result.checks;
    return { exitCode, step: (name: string) => checks.find(({ step }) => step === name) };
  };

  return {
    url: () => simulator.url,
    control: () => simulatedOrg(simulator.url),
    aws,
    administrator,
    provide,
    check,
    /** Sends a request with a session of the administrator. */
    rest: async (path: string, body: unknown) => {
      const { accessToken } = await administrator();
      return Object(await post(`${simulator.url}/services/data/v68.0/${path}`, body, accessToken));
    },
  };
}

/** Makes a field without permissions, as an administrator's deployment does. */
export const makeField = (org: ReturnType<typeof useOrg>, FullName: string, change: object = {}) =>
  org.rest('tooling/sobjects/CustomField', { FullName, Metadata: { ...METADATA, ...change } });
