import { setTimeout as delay } from 'node:timers/promises';
import { redeploy } from '../../local/chaos/redeploy.ts';
import { killWorkers } from '../../local/chaos/workers.ts';
import { putSecret } from '../../local/stack/aws.ts';
import { readRunState } from '../../local/stack/run-state.ts';
import { makeKeyPair, salesforceSecretOf } from '../../local/stack/simulator.ts';
import type { Scene } from '../scene.ts';
import { windows } from './salesforce.ts';

/** Something that happens to the stack once, while events come in. */
export interface Drill {
  readonly hop: string;
  readonly name: string;
  /** Answers whether it happened. */
  readonly play: () => Promise<boolean>;
}

/** How long Salesforce refuses the login while its secret is wrong. */
const WRONG_SECRET_MS = 1_500;

type Provider = 'github' | 'twilio';

const kill = ({ functions }: Scene, name: keyof Scene['functions'], hop: string): Drill => ({
  hop,
  name: 'process killed',
  play: async () => (await killWorkers(functions[name])) > 0,
});

/** Each provider goes over to the new secret at once; what it signed before is still on its way. */
const rotate = ({ dice, secretArns, secrets, stack }: Scene, provider: Provider): Drill => ({
  hop: 'Secrets Manager',
  name: `${provider === 'github' ? 'GitHub' : 'Twilio'} secret rotated`,
  play: async () => {
    const value = dice.hex('secret', provider, secrets.ever.length);
    await putSecret(stack.endpoint, secretArns[provider], value);
    secrets.now = { ...secrets.now, [provider]: value };
    secrets.ever.push(value);
    return true;
  },
});

const wrongSalesforceSecret = ({ org, secrets, stack }: Scene): Drill => ({
  hop: 'Secrets Manager',
  name: 'Salesforce secret with another key, then right again',
  play: async () => {
    const { org: credentials } = (await readRunState()) ?? {};
    if (credentials === undefined) return false;
    const secretId = stack.outputs['SalesforceSecretArn'] ?? '';
    const { privateKey } = makeKeyPair();
    secrets.ever.push(privateKey);
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

const expireTokens = ({ org }: Scene): Drill => ({
  hop: 'logins at Salesforce',
  name: 'all tokens expired',
  play: async () => {
    await org.expireTokens();
    return true;
  },
});

const refuseEvents = ({ bus }: Scene, how: 'entries' | 'calls'): Drill => ({
  hop: 'webhooks → AWS',
  name: how === 'entries' ? 'bus refuses every entry for a while' : 'bus away for a while',
  play: async () => {
    bus.refuse(30, how);
    return true;
  },
});

/** Counted by the call, when the org is asked what it has played. */
const openWindow = ({ orgFaults }: Scene, window: keyof typeof windows, calls: number): Drill => ({
  hop: 'windows',
  name: window,
  play: async () => {
    await orgFaults.add(windows[window](calls));
    return false;
  },
});

/** What may happen at any time. */
export const drills = (scene: Scene): Drill[] => [
  kill(scene, 'apicall', 'apicall'),
  refuseEvents(scene, 'entries'),
  rotate(scene, 'github'),
  openWindow(scene, 'unavailable', 10),
  kill(scene, 'github', 'GitHub webhook'),
  expireTokens(scene),
  openWindow(scene, 'destinations', 12),
  rotate(scene, 'twilio'),
  openWindow(scene, 'limit', 4),
  kill(scene, 'twilio', 'Twilio webhook'),
  refuseEvents(scene, 'calls'),
  wrongSalesforceSecret(scene),
  openWindow(scene, 'resets', 8),
  kill(scene, 'reprocessor', 'reprocessor'),
];

/** Waits without the proxies' shorter clock are real: Salesforce is well, and known to be, while they are not there. */
export const deployment = (scene: Scene): Drill => ({
  hop: 'stack',
  name: 'deployed again with other parameters for every function',
  play: async () => {
    await scene.orgFaults.pause();
    for (let look = 0; look < 6; look += 1) {
      await scene.proxies.apicall.closeBreaker();
      await delay(500);
    }
    await redeploy(scene.stack, {
      ReprocessorState: 'DISABLED',
      PreviousSecretHours: '25',
      ApiUsageThreshold: '81',
      MaxRedrives: '4',
    });
    await scene.applyProxies();
    await scene.orgFaults.resume();
    return true;
  },
});
