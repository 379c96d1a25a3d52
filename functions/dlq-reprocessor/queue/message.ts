import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { attributesBytes } from '#common/message-attributes.ts';
import type { TypedAttribute, TypedAttributes } from '../dead-letter/dead-letter.ts';

/** A message to be sent. */
export interface OutMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly typed: TypedAttributes;
}

type Received = Readonly<Record<string, MessageAttributeValue>>;

const isText = ({ DataType }: MessageAttributeValue): boolean => DataType === 'String';

export const textAttributes = (received: Received): Record<string, string> =>
  Object.fromEntries(
    Object.entries(received).flatMap(([name, value]) =>
      isText(value) && value.StringValue !== undefined ? [[name, value.StringValue]] : [],
    ),
  );

const toTyped = (value: MessageAttributeValue): TypedAttribute => ({
  dataType: value.DataType ?? '',
  ...(value.StringValue === undefined ? {} : { text: value.StringValue }),
  ...(value.BinaryValue === undefined
    ? {}
    : { base64: Buffer.from(value.BinaryValue).toString('base64') }),
});

export const typedAttributes = (received: Received): TypedAttributes =>
  Object.fromEntries(
    Object.entries(received).flatMap(([name, value]) =>
      isText(value) ? [] : [[name, toTyped(value)]],
    ),
  );

const fromTyped = ({ dataType, text, base64 }: TypedAttribute): MessageAttributeValue => ({
  DataType: dataType,
  ...(text === undefined ? {} : { StringValue: text }),
  ...(base64 === undefined ? {} : { BinaryValue: Buffer.from(base64, 'base64') }),
});

export const toMessageAttributes = ({
  attributes,
  typed,
}: OutMessage): Record<string, MessageAttributeValue> => ({
  ...Object.fromEntries(
    Object.entries(typed).map(([name, value]) => [name, fromTyped(value)] as const),
  ),
  ...Object.fromEntries(
    Object.entries(attributes).map(
      ([name, StringValue]) => [name, { DataType: 'String', StringValue }] as const,
    ),
  ),
});

/** What a message counts for, with its attributes (Developer Guide, "Amazon SQS message metadata"). */
export function messageBytes({ body, attributes, typed }: OutMessage): number {
  const others = Object.entries(typed).reduce(
    (bytes, [name, { dataType, text = '', base64 = '' }]) =>
      bytes + Buffer.byteLength(name + dataType + text) + Buffer.byteLength(base64, 'base64'),
    0,
  );
  return Buffer.byteLength(body) + attributesBytes(attributes) + others;
}
