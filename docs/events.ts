import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf } from '../cli/events/send/place.ts';
import { fillPage, table } from './page.ts';

const root = join(import.meta.dirname, '..');

/** What a file of events/ is, and what happens when it is sent. */
interface Sample {
  readonly is: string;
  readonly becomes: string;
}

/** By file name. A file without a row, and a row without a file, fail `npm run docs` and its test. */
const samples: Readonly<Record<string, Sample>> = {
  'apicall-bare-request.json': {
    is: 'A request for Salesforce without an envelope',
    becomes: 'A Case',
  },
  'apicall-cloudevent.json': {
    is: 'A request as a CloudEvent in structured mode',
    becomes: 'A Contact, upserted by `External_Id__c`',
  },
  'apicall-http-binary.json': {
    is: 'A request over HTTP, as a CloudEvent in binary mode',
    becomes: 'A Contact; the answer is the reply',
  },
  'apicall-http-structured.json': {
    is: 'A request over HTTP, as a CloudEvent in structured mode',
    becomes: 'The Contacts that the query finds, as the reply',
  },
  'bus-apicall-cloudevent.json': {
    is: 'A request on the bus, as a CloudEvent',
    becomes: 'A Task; the CloudEvent has an id of its own, so a second one makes none',
  },
  'bus-apicall-error.json': {
    is: 'The reply to a request that failed',
    becomes: 'Reaches rules for replies; no rule of the stack reads it',
  },
  'bus-apicall-request.json': {
    is: 'A request on the bus',
    becomes: 'A Contact, upserted by `External_Id__c`',
  },
  'bus-apicall-response.json': {
    is: 'The reply to a request that succeeded',
    becomes: 'Reaches rules for replies; no rule of the stack reads it',
  },
  'bus-customer-registered.json': {
    is: 'An event with the fields of a Contact',
    becomes: 'With `ContactExternalIdField`, a Contact, upserted by an API destination',
  },
  'bus-github-issue-labeled.json': {
    is: 'A labeled GitHub issue, as its webhook puts it on the bus',
    becomes: 'With the mapping github-bug-to-record, a `Bug__c` with a review for each assignee',
  },
  'bus-github-issue-opened.json': {
    is: 'An opened GitHub issue, as its webhook puts it on the bus',
    becomes: 'With the mapping github-issue-to-case, a Case',
  },
  'bus-order-placed.json': {
    is: 'An order of a shop',
    becomes: 'Reaches rules and destinations for `Order Placed`; it has no items to map',
  },
  'bus-order-returned.json': {
    is: 'An order that comes back to a shop',
    becomes: 'With the mapping return-to-case, a Case and a Task',
  },
  'bus-order-with-items.json': {
    is: 'An order of a shop, with its items',
    becomes:
      'With the mapping order-to-records, an Account, a Contact, an `Order__c` and its lines',
  },
  'bus-parked.json': {
    is: 'The announcement of a parked message',
    becomes: 'Reaches rules for announcements; no rule of the stack reads it',
  },
  'bus-platform-event.json': {
    is: 'An event with the fields of a platform event',
    becomes: 'With `PlatformEventName`, a platform event, published by an API destination',
  },
  'bus-twilio-message-received.json': {
    is: 'A received SMS, as its webhook puts it on the bus',
    becomes: 'With the mapping twilio-message-to-task, a Task',
  },
  'default-connection-deauthorized.json': {
    is: "EventBridge's event about a connection whose credentials are refused",
    becomes: 'Not sent: on the default bus, an alarm sees it',
  },
  'dlq-async-record.json': {
    is: "Lambda's record of an asynchronous invocation of apicall that failed",
    becomes: 'The reprocessor redrives its request',
  },
  'dlq-request.json': {
    is: 'A request whose outcome is unknown',
    becomes: 'The reprocessor parks it as `OUTCOME_UNKNOWN`',
  },
  'dlq-rule.json': {
    is: 'An event that an API destination did not take',
    becomes: 'The reprocessor redrives it to the rule that failed',
  },
  'dlq-subscriber.json': {
    is: "A failure record of EventBridge's newer bus",
    becomes: 'The reprocessor parks it as `SUBSCRIBER_FAILURE`',
  },
  'dropped-object.json': {
    is: 'The record of a dropped message in ParkBucket',
    becomes: 'Not sent: drop a message to make one; until it expires, `unpark` sends it back',
  },
  'parked-object.json': {
    is: 'The object of a parked message in ParkBucket',
    becomes: 'Not sent: park `events/dlq-request.json` to make one',
  },
  'partner-appflow-change.json': {
    is: 'A change of a Salesforce record, from AppFlow',
    becomes: 'With `PartnerEventSourceName`, forwarded from the partner bus to the bus',
  },
  'partner-appflow-large.json': {
    is: 'A change that is too large for an event, from AppFlow',
    becomes: 'With `PartnerEventSourceName`, forwarded from the partner bus to the bus',
  },
  'partner-event-relay.json': {
    is: "A platform event, from Salesforce's Event Relay",
    becomes: 'With `PartnerEventSourceName`, forwarded from the partner bus to the bus',
  },
  'spill-entry.json': {
    is: 'An event that the bus refused',
    becomes: 'The reprocessor puts it on the bus',
  },
  'url-github-issue-opened.json': {
    is: 'The request of `bus-github-issue-opened.json`, as a function URL hands it over',
    becomes: 'That event, signed with the secret in force',
  },
  'url-twilio-message-received.json': {
    is: 'The request of `bus-twilio-message-received.json`, as a function URL hands it over',
    becomes: 'That event, signed with the secret in force',
  },
};

/** The command that sends a file; the local stack only takes what others make on AWS. */
function commandOf(name: string): string {
  const document: unknown = JSON.parse(readFileSync(join(root, 'events', name), 'utf8'));
  const place = placeOf(document);
  if (place.kind === 'none') return '–';
  const isLocal = place.kind === 'partner bus' || (place.kind === 'queue' && place.isFailed);
  const command = place.kind === 'bus' ? 'bus' : 'file';
  return `\`send ${command} events/${name}${isLocal ? ' --local' : ''}\``;
}

function sampleOf(name: string): Sample {
  const sample = samples[name];
  if (sample !== undefined) return sample;
  throw new Error(
    `events/${name} has no row in docs/events.ts: say what it is and what it becomes.`,
  );
}

/** docs/events.md: the samples of events/, with the commands that send them. */
export function eventsPage(): string {
  const names = readdirSync(join(root, 'events'));
  const gone = Object.keys(samples).filter((name) => !names.includes(name));
  if (gone.length > 0)
    throw new Error(`docs/events.ts has rows without a file: ${gone.join(', ')}`);
  const rows = names.toSorted().map((name) => {
    const { is, becomes } = sampleOf(name);
    return [`[${name}](../events/${name})`, is, commandOf(name), becomes];
  });
  const head = ['file', 'what it is', '`npm run events --` …', 'what it becomes'];
  return fillPage('docs/events.md', { samples: table(head, rows) });
}
