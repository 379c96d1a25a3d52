import { randomBytes } from 'node:crypto';
import { incomingSms } from '../../../local/demo/twilio.ts';
import { nearest } from '../../../local/template/constraints.ts';
import { UsageError } from '../../errors.ts';

/** A form's fields, or the document of a JSON body. Every call has new SIDs. */
export type TwilioPayload =
  | { readonly format: 'form'; readonly fields: Readonly<Record<string, string>> }
  | { readonly format: 'json'; readonly document: unknown };

interface Kind {
  readonly description: string;
  readonly make: () => TwilioPayload;
}

const sid = (prefix: string): string => `${prefix}${randomBytes(16).toString('hex')}`;

const ACCOUNT = {
  AccountSid: `AC${'0'.repeat(32)}`,
  ApiVersion: '2010-04-01',
} as const;

/** Twilio's own example numbers ("Messaging webhooks", "Voice webhooks"). */
const NUMBERS = { From: '+14158675309', To: '+18005551212' } as const;

const form = (
  description: string,
  fields: () => Readonly<Record<string, string>>,
): readonly [string, () => TwilioPayload] => [
  description,
  () => ({ format: 'form', fields: fields() }),
];

const sms = (): Record<string, string> => incomingSms('Is the support line open?');

function messageStatus(status: string): Record<string, string> {
  const message = sid('SM');
  return {
    ...ACCOUNT,
    From: NUMBERS.To,
    To: NUMBERS.From,
    SmsSid: message,
    MessageSid: message,
    SmsStatus: status,
    MessageStatus: status,
  };
}

const call = (status: string): Record<string, string> => ({
  ...ACCOUNT,
  ...NUMBERS,
  CallSid: sid('CA'),
  CallStatus: status,
  Caller: NUMBERS.From,
  Called: NUMBERS.To,
  Direction: 'inbound',
  FromCountry: 'US',
  ToCountry: 'US',
});

const debuggerEvent = (): Record<string, string> => ({
  AccountSid: ACCOUNT.AccountSid,
  Sid: sid('NO'),
  ParentAccountSid: '',
  Timestamp: new Date().toISOString(),
  Level: 'ERROR',
  PayloadType: 'application/json',
  Payload: JSON.stringify({
    resource_sid: sid('SM'),
    service_sid: null,
    error_code: '11200',
    more_info: { msg: 'HTTP retrieval failure' },
  }),
});

const streamEvents = () => {
  const message = sid('SM');
  const timestamp = new Date().toISOString();
  return [
    {
      specversion: '1.0',
      type: 'com.twilio.messaging.message.delivered',
      source: `/${ACCOUNT.ApiVersion}/Accounts/${ACCOUNT.AccountSid}/Messages/${message}.json`,
      id: sid('EZ'),
      dataschema: 'https://events-schemas.twilio.com/Messaging.MessageStatus/1',
      datacontenttype: 'application/json',
      time: timestamp,
      data: {
        accountSid: ACCOUNT.AccountSid,
        messageSid: message,
        messageStatus: 'DELIVERED',
        timestamp,
      },
    },
  ];
};

/**
 * The webhooks that Twilio sends, with the fields of its pages "Messaging webhooks", "Voice webhooks", "Track the Message
 * Status of Outbound Messages", "RecordingStatusCallback attributes", "Conversations Webhooks", "Debugging Events
 * Webhook" and "Event Streams: Webhook Sinks".
 */
const forms: Readonly<Record<string, readonly [string, () => TwilioPayload]>> = {
  sms: form('an incoming SMS', sms),
  mms: form('an incoming MMS with a picture', () => ({
    ...sms(),
    NumMedia: '1',
    MediaContentType0: 'image/jpeg',
    MediaUrl0: `https://api.twilio.com/${ACCOUNT.ApiVersion}/Accounts/${ACCOUNT.AccountSid}/Media/${sid('ME')}`,
  })),
  whatsapp: form('an incoming WhatsApp message', () => ({
    ...sms(),
    From: `whatsapp:${NUMBERS.From}`,
    To: `whatsapp:${NUMBERS.To}`,
    ProfileName: 'Jane Doe',
    WaId: NUMBERS.From.slice(1),
  })),
  status: form('the status of an outgoing message: delivered', () => messageStatus('delivered')),
  undelivered: form('the status of an outgoing message: undelivered, with an error code', () => ({
    ...messageStatus('undelivered'),
    ErrorCode: '30003',
  })),
  fallback: form('an incoming SMS at the fallback URL, after the first URL failed', () => ({
    ...sms(),
    ErrorCode: '11200',
    ErrorUrl: 'https://example.com/sms',
  })),
  call: form('an incoming call', () => call('ringing')),
  'call-status': form('the end of a call', () => ({
    ...call('completed'),
    CallDuration: '42',
    CallbackSource: 'call-progress-events',
    SequenceNumber: '0',
    Timestamp: new Date().toUTCString(),
  })),
  recording: form('a recording that is complete', () => ({
    AccountSid: ACCOUNT.AccountSid,
    CallSid: sid('CA'),
    RecordingSid: sid('RE'),
    RecordingStatus: 'completed',
    RecordingUrl: `https://api.twilio.com/${ACCOUNT.ApiVersion}/Accounts/${ACCOUNT.AccountSid}/Recordings/${sid('RE')}`,
    RecordingDuration: '42',
    RecordingChannels: '1',
    RecordingSource: 'RecordVerb',
    RecordingStartTime: new Date().toUTCString(),
  })),
  conversation: form('a message that was added to a conversation', () => ({
    AccountSid: ACCOUNT.AccountSid,
    EventType: 'onMessageAdded',
    ConversationSid: sid('CH'),
    MessageSid: sid('IM'),
    Index: '0',
    Author: NUMBERS.From,
    Body: 'Is the support line open?',
    DateCreated: new Date().toISOString(),
    ParticipantSid: sid('MB'),
    Attributes: '{}',
    Source: 'SMS',
    RetryCount: '0',
  })),
  debugger: form('an error in the debugger', debuggerEvent),
  'event-streams': [
    'a CloudEvent of an Event Streams webhook sink: a JSON body',
    () => ({ format: 'json', document: streamEvents() }),
  ],
};

export const twilioKinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries(forms).map(([name, [description, make]]) => [name, { description, make }]),
);

/** @throws UsageError naming the nearest one, and all of them. */
export function twilioKind(name: string): Kind {
  const kind = twilioKinds.get(name);
  if (kind !== undefined) return kind;
  const names = [...twilioKinds.keys()];
  const match = nearest(name, names);
  const hint = match === undefined ? '' : ` Did you mean ${match}?`;
  throw new UsageError(
    `There is no Twilio webhook ${name}.${hint} Pass one of ${names.join(', ')}.`,
  );
}
