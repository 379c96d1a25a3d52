import type { Taken } from '../events/publish.ts';
import type { Log } from '../logger.ts';
import type { CountMetric } from '../metrics.ts';

/** Delivery, hook, event and action, as far as the provider has them: the same ids as the event's URNs. */
export type WebhookIds = Readonly<Record<string, string>>;

interface ReportDependencies {
  readonly provider: string;
  readonly log: Log;
  readonly count: CountMetric;
}

/** One log line and one metric for each way that a webhook can end; neither holds a body, a signature or a secret. */
export function createWebhookReport({ provider, log, count }: ReportDependencies) {
  const dimensions = { provider };

  return {
    rejected: (reason: string, ids: WebhookIds = {}): void => {
      log.warn('webhook rejected', { provider, ...ids, reason });
      count('WebhookRejected', { provider, reason });
    },
    ignored: (reason: string, ids: WebhookIds): void => {
      log.info('webhook ignored', { provider, ...ids, reason });
      count('WebhookIgnored', dimensions);
    },
    accepted: (published: Taken, ids: WebhookIds): void => {
      log.info('webhook accepted', { provider, ...ids, ...published });
      count('WebhookAccepted', dimensions);
      if (published.outcome === 'spilled') count('EventSpilled', dimensions);
      if (published.claimCheck) count('EventClaimChecked', dimensions);
    },
    notPublished: (error: Error, ids: WebhookIds = {}): void => {
      log.error('webhook not published', { provider, ...ids, error });
      count('PublishFailed', dimensions);
    },
    secretUnusable: (secretArn: string, error: Error): void => {
      log.error('webhook secret unusable', { provider, secretArn, error });
      count('SecretUnusable', dimensions);
    },
  };
}

export type WebhookReport = ReturnType<typeof createWebhookReport>;
