/** A message attribute that is not a String: a Number, or bytes in base64. */
export interface TypedAttribute {
  readonly dataType: string;
  readonly text?: string;
  readonly base64?: string;
}

export type TypedAttributes = Readonly<Record<string, TypedAttribute>>;

/** A message as it was received from a dead-letter queue or the spill queue. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** The String attributes, unfolded: there may be more than SQS takes. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Those of other types, which nothing of this stack writes and which travel along as they are. */
  readonly typed: TypedAttributes;
  /** When it came into this queue. */
  readonly sentAt: Date;
}
