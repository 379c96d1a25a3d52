import * as z from 'zod';
import { errorCodes } from '../errors.ts';

/**
 * The shapes of replies; docs/schemas/ is generated from them. The function imports types only: it builds replies and never
 * parses one, so a cold start does not load this.
 */
const salesforceError = z.object({
  errorCode: z.string().describe("Salesforce's errorCode, or the statusCode of a collection."),
  message: z.string().describe("Salesforce's error message. It can quote field values."),
  fields: z.array(z.string()).optional().describe('API names of the fields concerned.'),
});

const mappingPlace = z.object({
  mapping: z.string().describe("The mapping's name."),
  step: z.string().optional().describe("The step's name; absent for key and let."),
  item: z.string().optional().describe("The item's key, of a step with each."),
  place: z
    .string()
    .optional()
    .describe('Where in the step, such as fields.Title__c; absent if Salesforce refused it.'),
});

export const errorSchema = z.object({
  code: z
    .enum(errorCodes)
    .describe(
      'The step that failed: parsing the event, its data or the request, the call, or parsing the response.',
    ),
  description: z.string().describe('What was wrong and where, as text.'),
  details: z
    .object({
      status: z.int().optional().describe('HTTP status; absent without a response.'),
      errorCode: z
        .string()
        .describe(
          "Salesforce's first errorCode, or else the function's or the network's error code.",
        ),
      retryable: z.boolean().describe('Whether the same request can succeed later, unchanged.'),
      errors: z
        .array(salesforceError)
        .describe("All of Salesforce's errors; empty if there are none."),
      mapping: mappingPlace.optional().describe('Where in a mapping; absent for other requests.'),
    })
    .describe('The same, for programs.'),
});

const attributes = {
  specversion: z.literal('1.0').describe('The CloudEvents version.'),
  id: z.uuid().describe('Identifies this reply.'),
  source: z.string().min(1).describe('The value of the parameter ResponseSource.'),
  type: z
    .literal('io.triggermesh.salesforce.apicall.response')
    .describe('The same for successes and errors.'),
  time: z.iso.datetime().describe('When the reply was created.'),
  datacontenttype: z.literal('application/json').describe('The media type of data.'),
  processedid: z.string().describe('The id of the event that this replies to.'),
  processedsource: z.string().describe('Its source.'),
  processedtype: z.string().describe('Its type.'),
  statefulbridge: z
    .string()
    .optional()
    .describe("Copied from the request: TriggerMesh's bridge identifier."),
  statefulid: z.string().optional().describe('Copied from the request.'),
  mapping: z
    .string()
    .optional()
    .describe('The mapping that was applied to the event; absent for requests.'),
};

const successReply = z.object({
  ...attributes,
  category: z.literal('success').describe('Salesforce answered with a status below 300, or 304.'),
  data: z.unknown().describe("The body of Salesforce's response; {} if it has none."),
});

const errorReply = z.object({
  ...attributes,
  category: z.literal('error').describe('The request failed.'),
  data: errorSchema.describe('Why.'),
});

export const replySchema = z.discriminatedUnion('category', [successReply, errorReply]);

/** A reply as a structured CloudEvent: TriggerMesh's attributes, and those of the request's event. */
export type Reply = Readonly<z.infer<typeof replySchema>>;

export type ErrorData = z.infer<typeof errorSchema>;
