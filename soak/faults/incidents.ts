import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../../local/demo/salesforce.ts';
import { awsFaults, PUT_EVENTS } from '../../local/faults/aws-faults.ts';
import { killProcesses } from '../../local/faults/functions.ts';
import { outages } from '../../local/faults/salesforce-faults.ts';
import { putSecret } from '../../local/stack/aws.ts';
import { redeploy } from '../../local/stack/redeploy.ts';
import { readRunState } from '../../local/stack/run-state.ts';
import { makeKeyPair, salesforceSecretOf } from '../../local/stack/simulator.ts';
import { type Harness, stackParameters } from '../harness.ts';
import { addOrgFaults, endOrgFaults } from './org-faults.ts';

/** Something that happens to the stack once, while events arrive. */
export interface Incident {
  readonly hop: string;
  readonly name: string;
  /** @returns whether it happened and is to be counted. */
  readonly play: () => Promise<boolean>;
}

/** How long Salesforce rejects the login while its secret is wrong. */
const WRONG_SECRET_MS = 1_500;

/** Calls of PutEvents that fail in a row. */
const BUS_OUTAGE = 30;

const kill = (
  { functionNames }: Harness,
  name: keyof Harness['functionNames'],
  hop: string,
): Incident => ({
  hop,
  name: 'process killed',
  play: async () => (await killProcesses(functionNames[name])) > 0,
});

/** The provider signs with the new secret at once; webhooks signed with the previous one are still under way. */
const rotate = (
  { random, secretArns, secrets, stack }: Harness,
  provider: 'github' | 'twilio',
): Incident => ({
  hop: 'Secrets Manager',
  name: `${provider === 'github' ? 'GitHub' : 'Twilio'} secret rotated`,
  play: async () => {
    const value = random.hex('secret', provider, secrets.all.length);
    await putSecret(stack.endpoint, secretArns[provider], value);
    secrets.current = { ...secrets.current, [provider]: value };
    secrets.all.push(value);
    return true;
  },
});

const wrongSalesforceSecret = ({ org, secrets, stack }: Harness): Incident => ({
  hop: 'Secrets Manager',
  name: 'Salesforce secret with another key, then the right one',
  play: async () => {
    const { org: credentials } = (await readRunState()) ?? {};
    if (credentials === undefined) return false;
    const secretId = stack.outputs['SalesforceSecretArn'] ?? '';
    const { privateKey } = makeKeyPair();
    secrets.all.push(privateKey);
    const put = (key: string) => {
      const json = salesforceSecretOf(stack.salesforce.url, { ...credentials, privateKey: key });
      return putSecret(stack.endpoint, secretId, json);
    };
    await put(privateKey);
    await org.expireTokens();
    await delay(WRONG_SECRET_MS);
    await put(credentials.privateKey);
    return true;
  },
});

const expireTokens = ({ org }: Harness): Incident => ({
  hop: 'logins at Salesforce',
  name: 'all tokens expired',
  play: async () => {
    await org.expireTokens();
    return true;
  },
});

/** Counted by the proxy, call by call. */
const busOutage = (
  { intercepted }: Harness,
  fault: 'refusedEntries' | 'unavailable',
): Incident => ({
  hop: 'webhooks → AWS',
  name: 'bus outage',
  play: async () => {
    intercepted.webhooks.proxy.inject(
      ({ operation }) => (operation === PUT_EVENTS ? awsFaults[fault] : undefined),
      BUS_OUTAGE,
    );
    return false;
  },
});

/** Counted by the simulated org, call by call. */
const orgOutage = ({ org }: Harness, fault: Fault): Incident => ({
  hop: 'Salesforce',
  name: 'outage',
  play: async () => {
    await org.addFault(fault);
    return false;
  },
});

/** What may happen at any time, and meets requests and mappings alike. */
const onTheWayOut = (harness: Harness): Incident[] => [
  kill(harness, 'apicall', 'apicall'),
  orgOutage(harness, outages.unavailable(10)),
  expireTokens(harness),
  orgOutage(harness, outages.dailyLimit(4)),
  wrongSalesforceSecret(harness),
  kill(harness, 'reprocessor', 'reprocessor'),
];

/** What may happen at any time. */
export const incidents = (harness: Harness, onlyMappings: boolean): Incident[] => [
  ...onTheWayOut(harness),
  ...(onlyMappings
    ? []
    : [
        busOutage(harness, 'refusedEntries'),
        rotate(harness, 'github'),
        kill(harness, 'github', 'GitHub webhook'),
        orgOutage(harness, outages.destinations(12)),
        rotate(harness, 'twilio'),
        kill(harness, 'twilio', 'Twilio webhook'),
        busOutage(harness, 'unavailable'),
        orgOutage(harness, outages.destinationResets(8)),
      ]),
];

/**
 * A deployment resets the proxies' shorter waits for a moment. Salesforce has no faults meanwhile, and the circuit breaker is
 * closed: a wait of minutes would outlast the run.
 */
export const deployment = (harness: Harness): Incident => ({
  hop: 'stack',
  name: 'deployed again with other parameters for every function',
  play: async () => {
    const paused = await endOrgFaults(harness);
    for (let times = 0; times < 6; times += 1) {
      await harness.intercepted.apicall.closeCircuitBreaker();
      await delay(500);
    }
    await redeploy(harness.stack, {
      ...stackParameters,
      PreviousSecretHours: '25',
      ApiUsageThreshold: '81',
      MaxRedrives: '4',
    });
    await harness.interceptAgain();
    await addOrgFaults(harness, paused);
    return true;
  },
});
