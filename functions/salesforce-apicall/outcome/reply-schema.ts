import * as z from 'zod';
import { errorCodes } from '../errors.ts';

/**
 * The shapes of replies; docs/schemas/ is generated from them. The function imports types only: it builds replies and never
 * parses one, so a cold start does not load this.
 */
const salesforceError = z.object({
  errorCode: z.string().describe("Salesforce's errorCode, or statusCode of a collection."),
  message: z.string().describe("Salesforce's text. It may quote field values."),
  fields: z.array(z.string()).optional().describe('API names of the fields that it is about.'),
});

export const errorSchema = z.object({
  code: z
    .enum(errorCodes)
    .describe(
      'The step that failed: reading the event, its data, the request, the call, or the answer.',
    ),
  description: z.string().describe('What was wrong and where, for people.'),
  details: z
    .object({
      status: z.int().optional().describe('HTTP status; absent where there was no answer.'),
      errorCode: z
        .string()
        .describe("Salesforce's first errorCode, else this function's or the network's."),
      retryable: z.boolean().describe('Whether the same request may succeed later, unchanged.'),
      errors: z.array(salesforceError).describe("All of Salesforce's errors; empty without any."),
    })
    .describe('The same for programs.'),
});

const attributes = {
  specversion: z.literal('1.0').describe('Version of CloudEvents.'),
  id: z.uuid().describe('Names this reply.'),
  source: z.string().min(1).describe('The parameter ResponseSource.'),
  type: z
    .literal('io.triggermesh.salesforce.apicall.response')
    .describe('Of successes and errors.'),
  time: z.iso.datetime().describe('When the reply was made.'),
  datacontenttype: z.literal('application/json').describe('Media type of data.'),
  processedid: z.string().describe('The id of the event that this answers.'),
  processedsource: z.string().describe('Its source.'),
  processedtype: z.string().describe('Its type.'),
  statefulbridge: z.string().optional().describe("Copied from the request: TriggerMesh's bridge."),
  statefulid: z.string().optional().describe('Copied from the request.'),
};

const successReply = z.object({
  ...attributes,
  category: z.literal('success').describe('Salesforce answered with a status below 300, or 304.'),
  data: z.unknown().describe("Salesforce's body; {} where it has none."),
});

const errorReply = z.object({
  ...attributes,
  category: z.literal('error').describe('The request came to its end without success.'),
  data: errorSchema.describe('Why.'),
});

export const replySchema = z.discriminatedUnion('category', [successReply, errorReply]);

/** A reply as a structured CloudEvent: TriggerMesh's attributes, and whose request it answers. */
export type Reply = Readonly<z.infer<typeof replySchema>>;

export type ErrorData = z.infer<typeof errorSchema>;
