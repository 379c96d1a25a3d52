import { planAws } from '../local/chaos/apicall-faults.ts';
import { apiCallScene } from '../local/chaos/apicall-scene.ts';
import { putBehindProxy } from '../local/chaos/behind-proxy.ts';
import { deployedFunctions } from '../local/chaos/functions.ts';
import { planFaults } from '../local/chaos/reprocessor-faults.ts';
import { reprocessorScene } from '../local/chaos/reprocessor-scene.ts';
import { observeBus } from '../local/demo/observer.ts';
import { simulatedOrg } from '../local/demo/salesforce.ts';
import { putSecret } from '../local/stack/aws.ts';
import type { Stack } from '../local/stack/stack-file.ts';
import { createDice } from './dice.ts';
import type { Secrets } from './events/http.ts';
import { EVENT_ID_FIELDS } from './events/ways.ts';
import { counted, createBusWindow } from './faults/aws.ts';
import { createOrgFaults } from './faults/salesforce.ts';
import { createTally } from './faults/tally.ts';

/** Small calls, so that there are many of them to fail. */
const RECORDS_PER_CALL = 20;

/** The template's default. */
const MAX_ATTEMPTS = 5;

export const FUNCTIONS = {
  github: 'GitHubWebhookFunction',
  twilio: 'TwilioWebhookFunction',
  apicall: 'SalesforceApiCallFunction',
  reprocessor: 'DlqReprocessorFunction',
} as const;

/** What the webhook functions call. */
const OF_WEBHOOKS =
  /^(AWSEvents\.PutEvents|AmazonSQS\.SendMessage(Batch)?|secretsmanager\.GetSecretValue)$/;

async function names(stack: Stack) {
  const { environmentOf, physicalId } = deployedFunctions(stack);
  const github = await environmentOf(FUNCTIONS.github);
  const twilio = await environmentOf(FUNCTIONS.twilio);
  return {
    functions: {
      github: await physicalId(FUNCTIONS.github),
      twilio: await physicalId(FUNCTIONS.twilio),
      apicall: await physicalId(FUNCTIONS.apicall),
      reprocessor: await physicalId(FUNCTIONS.reprocessor),
    },
    secretArns: {
      github: github['GITHUB_WEBHOOK_SECRET_ARN'] ?? '',
      twilio: twilio['TWILIO_WEBHOOK_SECRET_ARN'] ?? '',
    },
  };
}

async function behindProxies(stack: Stack) {
  const apicall = await apiCallScene(stack, {
    maxAttempts: MAX_ATTEMPTS,
    recordsPerCall: RECORDS_PER_CALL,
    eventIdFields: EVENT_ID_FIELDS,
  });
  const reprocessor = await reprocessorScene(stack, { REDRIVE_BACKOFF_SECONDS: '1' });
  const webhooks = await putBehindProxy(stack, {
    functions: [FUNCTIONS.github, FUNCTIONS.twilio],
  });
  return { apicall, reprocessor, webhooks };
}

/** A running stack whose functions reach AWS through proxies, and everything that a soak breaks and looks at. */
export async function prepareScene(stack: Stack, seed: number) {
  const observer = await observeBus(
    stack.endpoint,
    stack.outputs['EventBusName'] ?? '',
    stack.outputs['RedriveBusName'] ?? '',
  );
  const org = simulatedOrg(stack.salesforce.url);
  const tally = createTally();
  const { functions, secretArns } = await names(stack);
  const proxies = await behindProxies(stack);
  const all = Object.values(proxies);
  const bus = createBusWindow(planAws(seed + 1, OF_WEBHOOKS));
  const secrets: { now: Secrets; readonly ever: string[] } = {
    now: stack.secrets,
    ever: [stack.secrets.github, stack.secrets.twilio],
  };

  return {
    stack,
    dice: createDice(seed),
    observer,
    org,
    orgFaults: createOrgFaults(org, tally),
    tally,
    functions,
    secretArns,
    secrets,
    bus,
    proxies,
    /** Lets AWS fail for every function. */
    failAws: (): void => {
      proxies.apicall.proxy.fail(counted(tally, 'apicall → AWS', planAws(seed)));
      proxies.reprocessor.proxy.fail(counted(tally, 'reprocessor → AWS', planFaults(seed)));
      proxies.webhooks.proxy.fail(counted(tally, 'webhooks → AWS', bus.choose));
    },
    healAws: (): void => {
      for (const { proxy } of all) proxy.heal();
    },
    /** What passed the proxies is not looked at: it would only grow. */
    forgetCalls: (): void => {
      for (const { proxy } of all) proxy.calls.length = 0;
    },
    /** After a deployment has given the functions their own variables back. */
    applyProxies: async (): Promise<void> => {
      for (const { apply } of all) await apply();
    },
    /** Leaves the stack as it was found, for whoever uses it next. */
    restore: async (): Promise<void> => {
      await observer.leaveOthers();
      await putSecret(stack.endpoint, secretArns.github, stack.secrets.github);
      await putSecret(stack.endpoint, secretArns.twilio, stack.secrets.twilio);
      for (const { restore } of all) await restore();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof prepareScene>>;
