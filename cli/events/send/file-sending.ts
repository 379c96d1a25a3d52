import {
  PutEventsCommand,
  type PutEventsResultEntry,
  PutPartnerEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { putEventsLimits } from '../../../functions/common/aws.ts';
import { entryBytes } from '../../../functions/common/events/event-bus.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../../functions/common/json.ts';
import { formFields } from '../../../functions/twilio-webhook/signature.ts';
import type { AwsClients } from '../../aws.ts';
import { UsageError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import type { StackOptions } from '../../options.ts';
import { describeResource, describeStack, requireOutput } from '../../stack.ts';
import { handleAwsError } from './errors.ts';
import { type BusEvent, type Place, placeOf, placeOfEvent, type UrlEvent } from './place.ts';
import { postGitHub, postTwilio } from './post.ts';
import type { Receipt, Sending } from './sending.ts';
import { webhookTarget } from './webhook-target.ts';

/** What a file's document is sent with. */
export interface FileContext {
  readonly clients: AwsClients;
  readonly options: StackOptions;
  /** As typed, for messages. */
  readonly file: string;
  /** `send bus` or `send file`. */
  readonly command: string;
}

function toReceipt({ EventId, ErrorCode, ErrorMessage }: PutEventsResultEntry): Receipt {
  if (EventId !== undefined) return { ids: [EventId], answer: '' };
  const problem = `The bus refused the event (${ErrorCode}): ${ErrorMessage ?? 'no message'}`;
  return { ids: [], answer: ErrorCode ?? '', problem };
}

function requireSize(event: BusEvent, Detail: string, file: string): void {
  const { source, 'detail-type': detailType, resources } = event;
  const bytes = entryBytes({ source, detailType, detail: Detail, resources });
  if (bytes > putEventsLimits.bytes)
    throw new UsageError(
      `${file} has ${formatCount(bytes)} bytes as an event; the bus takes ${formatCount(putEventsLimits.bytes)} (docs/limits.md).`,
    );
}

/** Puts the event on the stack's bus, with a new id and time. */
async function busSending(event: BusEvent, context: FileContext): Promise<Sending> {
  const { clients, options, file, command } = context;
  const EventBusName = requireOutput(
    await describeStack(clients, options, handleAwsError),
    'EventBusName',
  );
  const Detail = JSON.stringify(event.detail);
  requireSize(event, Detail, file);
  const entry = {
    EventBusName,
    Source: event.source,
    DetailType: event['detail-type'],
    Detail,
    Resources: [...event.resources],
  };
  const send = async (): Promise<Receipt> => {
    const { Entries = [] } = await clients.eventBridge
      .send(new PutEventsCommand({ Entries: [entry] }))
      .catch(handleAwsError);
    return toReceipt(Entries[0] ?? {});
  };
  return {
    command,
    what: event['detail-type'],
    to: `the bus ${EventBusName}`,
    idName: 'event',
    send,
  };
}

const onlyLocal = ({ options, file }: FileContext, why: string): void => {
  if (options.local) return;
  throw new UsageError(`${file} can be sent to the local stack only (--local): ${why}.`);
};

/** The local engine publishes for every partner; on AWS, only the partner can. */
function partnerSending(event: BusEvent, context: FileContext): Sending {
  const { source } = event;
  onlyLocal(context, `on AWS, only the partner publishes ${source}`);
  const Detail = JSON.stringify(event.detail);
  const entry = { Source: source, DetailType: event['detail-type'], Detail };
  const send = async (): Promise<Receipt> => {
    const { Entries = [] } = await context.clients.eventBridge
      .send(new PutPartnerEventsCommand({ Entries: [entry] }))
      .catch(handleAwsError);
    return toReceipt(Entries[0] ?? {});
  };
  const to = `the partner bus ${source}`;
  return { command: context.command, what: event['detail-type'], to, idName: 'event', send };
}

async function queueSending(
  { queue, body, attributes, isFailed }: Extract<Place, { kind: 'queue' }>,
  context: FileContext,
): Promise<Sending> {
  const { clients, options, command } = context;
  if (isFailed) onlyLocal(context, 'a made-up dead-letter message would look like a failure');
  const QueueUrl = requireOutput(
    await describeStack(clients, options, handleAwsError),
    `${queue}Url`,
  );
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]),
  );
  const send = async (): Promise<Receipt> => {
    const message = new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes });
    const { MessageId = '' } = await clients.sqs.send(message).catch(handleAwsError);
    return { ids: [MessageId], answer: '' };
  };
  const what = isFailed ? 'failed message' : 'request';
  const next = (id: string): string => `npm run dlq -- show ${id}`;
  return { command, what, to: queue, idName: 'message', send, ...(isFailed && { next }) };
}

/** A webhook of a file: its own ids and content, signed anew. */
async function webhookSending(
  provider: 'GitHub' | 'Twilio',
  { body, headers, target }: UrlEvent,
  { clients, options, command }: FileContext,
): Promise<Sending> {
  const unsigned = target.replace(/([?&])bodySHA256=[^&]*&?/, '$1').replace(/[?&]$/, '');
  const address = await webhookTarget(clients, options, provider, unsigned);
  const isJson = headers['content-type']?.startsWith('application/json');
  const twilio = isJson ? { json: body } : { fields: formFields(body) };
  const event = headers['x-github-event'] ?? '';
  const gitHub = { event, body, delivery: headers['x-github-delivery'] };
  const send = (): Promise<Receipt> =>
    provider === 'GitHub' ? postGitHub(address, gitHub) : postTwilio(address, twilio);
  const what = provider === 'GitHub' ? event : 'Twilio webhook';
  return { command, what, to: address.url, idName: 'delivery', send };
}

/** The reply of an HTTP request, a structured CloudEvent. */
function toCallReceipt(answer: JsonObject): Receipt {
  const reply = parseJsonObject(String(answer['body'])) ?? {};
  const ids = typeof reply['id'] === 'string' ? [reply['id']] : [];
  const receipt = { ids, status: Number(answer['statusCode']), answer: String(reply['category']) };
  const { code, description } = Object(reply['data']);
  if (reply['category'] !== 'error') return receipt;
  return { ...receipt, problem: `The request failed (${code}): ${description}` };
}

/** An HTTP request to apicall: its function is invoked with the event that its URL would hand to it. */
async function callSending(event: JsonObject, context: FileContext): Promise<Sending> {
  const { clients, options, command } = context;
  const name = 'SalesforceApiCallFunction';
  const FunctionName = await describeResource(clients, options, name, handleAwsError);
  const send = async (): Promise<Receipt> => {
    const { Payload = new Uint8Array(), FunctionError } = await clients.lambdaInvoker
      .send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }))
      .catch(handleAwsError);
    const answer: unknown = JSON.parse(Buffer.from(Payload).toString() || 'null');
    if (FunctionError === undefined && isJsonObject(answer)) return toCallReceipt(answer);
    const problem = `${name} failed (${FunctionError}): see its log lines.`;
    return { ids: [], answer: FunctionError ?? '', problem };
  };
  return { command, what: 'HTTP request', to: name, idName: 'reply', send };
}

/**
 * Makes ready to send a document to where it belongs.
 *
 * @throws UsageError saying why it can't be sent.
 */
export async function fileSending(document: unknown, context: FileContext): Promise<Sending> {
  const isBus = context.command === 'send bus';
  const place = isBus && isJsonObject(document) ? placeOfEvent(document) : placeOf(document);
  switch (place.kind) {
    case 'bus':
      return busSending(place.event, context);
    case 'partner bus':
      return partnerSending(place.event, context);
    case 'queue':
      return queueSending(place, context);
    case 'webhook':
      return webhookSending(place.provider, place.event, context);
    case 'function':
      return callSending(place.event, context);
    case 'none':
      throw new UsageError(`${context.file} can't be sent: ${place.why}.`);
  }
}
