import type { Effort } from './effort.ts';
import type { Bench } from './report.ts';

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
    run: async () => (await import('./calls.ts')).benchCalls(),
  },
  {
    name: 'session',
    title: 'Salesforce session',
    description:
      'cold start of the Salesforce session, against unmodified jsforce and jsonwebtoken',
    run: async (effort) => (await import('./session.ts')).benchSession(effort),
  },
  {
    name: 'webhooks',
    title: 'Webhooks',
    description:
      "cold start and warm CPU of each webhook, against AWS's quick start, the providers' middleware and the bare SDK call",
    run: async (effort) => (await import('./webhooks.ts')).benchWebhooks(effort),
  },
  {
    name: 'redrive',
    title: 'Redrive',
    description: 'SQS calls per redriven message, against redriving one by one',
    run: async () => (await import('./redrive.ts')).benchRedrive(),
  },
  {
    name: 'growth',
    title: 'Growth',
    description: 'calls and CPU of each event, from 1,000 to 20,000 events',
    run: async (effort) => (await import('./growth.ts')).benchGrowth(effort),
  },
  {
    name: 'memory',
    title: 'Memory',
    description: 'peak memory of apicall: many batches, and a batch of large answers',
    run: async (effort) => (await import('./memory.ts')).benchMemory(effort),
  },
  {
    name: 'functions',
    title: 'Functions',
    description: 'cold start, memory and size of each function, with the layer and without',
    run: async (effort) => (await import('./functions.ts')).benchFunctions(effort),
  },
  {
    name: 'stack',
    title: 'The whole stack',
    description: 'events per second from webhook to Salesforce record, on the local stack',
    run: async (effort) => (await import('./stack.ts')).benchStack(effort),
  },
  {
    name: 'console',
    title: 'The console',
    description: 'its views of 5,000 events and 500 failures, and what looking costs the stack',
    run: async (effort) => (await import('./console.ts')).benchConsole(effort),
  },
];
