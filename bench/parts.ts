import { benchCalls } from './calls.ts';
import type { Effort } from './effort.ts';
import { benchFunctions } from './functions.ts';
import { benchGrowth } from './growth.ts';
import { benchMemory } from './memory.ts';
import { benchRedrive } from './redrive.ts';
import type { Bench } from './report.ts';
import { benchSession } from './session.ts';
import { benchStack } from './stack.ts';
import { benchWebhooks } from './webhooks.ts';

/** One part of the benchmarks: its name on the command line and its title on the page. */
export interface Part {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly run: (effort: Effort) => Promise<Bench>;
}

export const parts: readonly Part[] = [
  {
    name: 'calls',
    title: 'Salesforce API calls',
    description: 'Salesforce API calls for 1,000 requests in one batch, against one call for each',
    run: benchCalls,
  },
  {
    name: 'session',
    title: 'Salesforce session',
    description:
      'cold start of the Salesforce session, against unmodified jsforce and jsonwebtoken',
    run: benchSession,
  },
  {
    name: 'webhooks',
    title: 'Webhooks',
    description:
      "cold start and warm CPU of each webhook, against AWS's quick start, the providers' middleware and the bare SDK call",
    run: benchWebhooks,
  },
  {
    name: 'redrive',
    title: 'Redrive',
    description: 'SQS calls per redriven message, against redriving one by one',
    run: benchRedrive,
  },
  {
    name: 'growth',
    title: 'Growth',
    description: 'calls and CPU of each event, from 1,000 to 20,000 events',
    run: benchGrowth,
  },
  {
    name: 'memory',
    title: 'Memory',
    description: 'peak memory of apicall: many batches, and a batch of large answers',
    run: benchMemory,
  },
  {
    name: 'functions',
    title: 'Functions',
    description: 'cold start, memory and size of each function, with the layer and without',
    run: benchFunctions,
  },
  {
    name: 'stack',
    title: 'The whole stack',
    description: 'events per second from webhook to Salesforce record, on the local stack',
    run: benchStack,
  },
];
