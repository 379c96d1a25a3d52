import { observeBus } from '../local/demo/observer.ts';
import { createReprocessor } from '../local/demo/queues.ts';
import { simulatedOrg } from '../local/demo/salesforce.ts';
import { interceptApiCall } from '../local/faults/apicall.ts';
import { faultRates, planAwsFaults } from '../local/faults/aws-faults.ts';
import { deployedFunctions } from '../local/faults/functions.ts';
import { interceptAwsCalls, interceptReprocessor } from '../local/faults/intercept.ts';
import { putSecret } from '../local/stack/aws.ts';
import type { Stack } from '../local/stack/stack-file.ts';
import { EVENT_ID_FIELDS } from './events/routes.ts';
import type { WebhookSecrets } from './events/send.ts';
import { startDeadReceiver } from './faults/dead-receiver.ts';
import { createRandom } from './random.ts';
import { createResumptions } from './reconcile/resumptions.ts';

/** Small calls, so that there are many of them to fail. */
const RECORDS_PER_CALL = 20;

/** Short, so that what was killed or hangs is soon retried; long enough for a call on a busy machine. */
const TIMEOUT_SECONDS = 8;

/** The template's default. */
const MAX_ATTEMPTS = 5;

/**
 * Of every deployment of the stack. The soak invokes the reprocessor itself; the outage leaves dead-letter messages where they are.
 * The timeout is the template's default, not the local stack's.
 */
export const stackParameters = {
  ReprocessorState: 'DISABLED',
  EventIdFields: EVENT_ID_FIELDS,
  AllowedResources: 'sobjects,composite,apexrest',
  ApiCallTimeoutSeconds: '60',
};

const functions = {
  github: 'GitHubWebhookFunction',
  twilio: 'TwilioWebhookFunction',
  apicall: 'SalesforceApiCallFunction',
  reprocessor: 'DlqReprocessorFunction',
} as const;

async function resourceNames(stack: Stack) {
  const { environmentOf, physicalId } = deployedFunctions(stack);
  const github = await environmentOf(functions.github);
  const twilio = await environmentOf(functions.twilio);
  return {
    functionNames: {
      github: await physicalId(functions.github),
      twilio: await physicalId(functions.twilio),
      apicall: await physicalId(functions.apicall),
      reprocessor: await physicalId(functions.reprocessor),
    },
    secretArns: {
      github: github['GITHUB_WEBHOOK_SECRET_ARN'] ?? '',
      twilio: twilio['TWILIO_WEBHOOK_SECRET_ARN'] ?? '',
    },
  };
}

async function interceptAll(stack: Stack, maxRedrives: number) {
  const apicall = await interceptApiCall(stack, {
    maxAttempts: MAX_ATTEMPTS,
    recordsPerCall: RECORDS_PER_CALL,
    eventIdFields: EVENT_ID_FIELDS,
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  const reprocessor = await interceptReprocessor(stack, {
    MAX_REDRIVES: String(maxRedrives),
    REDRIVE_BACKOFF_SECONDS: '1',
  });
  const webhooks = await interceptAwsCalls(stack, {
    functions: [functions.github, functions.twilio],
  });
  return { apicall, reprocessor, webhooks };
}

/** One row of the report: how often a fault was played at a hop. */
export interface PlayedFault {
  readonly hop: string;
  readonly fault: string;
  readonly times: number;
}

/** Counts faults by hop. */
export function createFaultCounter() {
  const counts = new Map<string, PlayedFault>();
  return {
    add: (hop: string, fault: string, times = 1): void => {
      if (times === 0) return;
      const id = `${hop}: ${fault}`;
      counts.set(id, { hop, fault, times: (counts.get(id)?.times ?? 0) + times });
    },
    rows: (): PlayedFault[] =>
      [...counts]
        .toSorted(([one], [other]) => one.localeCompare(other))
        .map(([, played]) => played),
  };
}

export type FaultCounter = ReturnType<typeof createFaultCounter>;

/** The secrets in force, and all that have been. */
const secretsOf = ({ secrets }: Stack): { current: WebhookSecrets; readonly all: string[] } => ({
  current: secrets,
  all: [secrets.github, secrets.twilio],
});

/** The faults of AWS that the proxies play. */
const awsFaults = (
  intercepted: Awaited<ReturnType<typeof interceptAll>>,
  seed: number,
  counter: FaultCounter,
) => ({
  failAws: (): void => {
    const { apicall, reprocessor, webhooks } = intercepted;
    apicall.proxy.follow(planAwsFaults(seed, faultRates.apicall));
    reprocessor.proxy.follow(planAwsFaults(seed, faultRates.reprocessor));
    webhooks.proxy.follow(planAwsFaults(seed + 1, faultRates.webhooks));
  },
  /** Ends AWS' faults, and counts what was played. */
  healAws: (): void => {
    for (const [name, { proxy }] of Object.entries(intercepted)) {
      proxy.heal();
      for (const [fault, times] of proxy.played()) counter.add(`${name} → AWS`, fault, times);
    }
  },
});

/** A running stack whose functions reach AWS through proxies, with everything that a soak breaks and reads. */
export async function createHarness(stack: Stack, seed: number, maxRedrives: number) {
  const { endpoint, outputs } = stack;
  const counter = createFaultCounter();
  const removeReceiver = await startDeadReceiver(stack.stackName, (fault) =>
    counter.add('CloudEvents receiver', fault),
  );
  const observer = await observeBus(
    endpoint,
    outputs['EventBusName'] ?? '',
    outputs['RedriveBusName'] ?? '',
  );
  const { functionNames, secretArns } = await resourceNames(stack);
  const intercepted = await interceptAll(stack, maxRedrives);
  const all = Object.values(intercepted);
  const resumptions = createResumptions();
  return {
    stack,
    random: createRandom(seed),
    observer,
    org: simulatedOrg(stack.salesforce.url),
    reprocess: createReprocessor(endpoint, outputs['DlqReprocessorFunctionName'] ?? ''),
    counter,
    functionNames,
    secretArns,
    secrets: secretsOf(stack),
    intercepted,
    ...awsFaults(intercepted, seed, counter),
    resumptions,
    /** Counts resumed executions, and forgets the calls that the proxies have recorded, which grow with the events. */
    forgetCalls: (): void => {
      resumptions.read(intercepted.apicall.proxy.calls);
      for (const { proxy } of all) proxy.calls.length = 0;
    },
    /** Redirects the functions again after a deployment has reset their variables. */
    interceptAgain: async (): Promise<void> => {
      for (const { apply } of all) await apply();
    },
    restore: async (): Promise<void> => {
      await observer.leaveOthers();
      await putSecret(endpoint, secretArns.github, stack.secrets.github);
      await putSecret(endpoint, secretArns.twilio, stack.secrets.twilio);
      for (const { restore } of all) await restore();
      await removeReceiver();
    },
  };
}

export type Harness = Awaited<ReturnType<typeof createHarness>>;
