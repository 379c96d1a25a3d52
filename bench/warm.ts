import { readFileSync } from 'node:fs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { cpuOfEach, printFigures } from './figures.ts';

/** Prints `usPerCall`, the CPU per call after the same number of calls to warm up: of the handler, or of PutEvents alone. */
const [, , eventFile = '', what = '', callsText = ''] = process.argv;
const calls = Number(callsText);
const bundle = './index.mjs';
const event: unknown = JSON.parse(readFileSync(eventFile, 'utf8'));

const entry = {
  EventBusName: 'bus',
  Source: 'github.com',
  DetailType: 'issues',
  Detail: String(Object(event).body),
  Resources: ['urn:webhook:github:delivery:72d3162e-cc78-11e3-81ab-4c9367dc0958'],
  Time: new Date(),
};

async function handlerCall(): Promise<() => Promise<unknown>> {
  const { handler } = await import(bundle);
  return () => handler(event, { getRemainingTimeInMillis: () => 9_000 });
}

function putEventsCall(): () => Promise<unknown> {
  const client = new EventBridgeClient({});
  return () => client.send(new PutEventsCommand({ Entries: [entry] }));
}

const call = what === 'handler' ? await handlerCall() : putEventsCall();

async function callAll(): Promise<void> {
  for (let index = 0; index < calls; index += 1) await call();
}

await callAll();
printFigures({ usPerCall: await cpuOfEach(calls, callAll) });
process.exit(0);
