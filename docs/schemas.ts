import * as z from 'zod';
import { publishedShape } from '../build/mappings/shape.ts';
import { errorSchema, replySchema } from '../functions/salesforce-apicall/outcome/reply-schema.ts';
import { requestSchema } from '../functions/salesforce-apicall/request/schema.ts';

interface Published {
  readonly schema: z.ZodType;
  readonly title: string;
  readonly description: string;
}

const published: Readonly<Record<string, Published>> = {
  'apicall-request': {
    schema: requestSchema,
    title: 'Salesforce API call: request',
    description:
      'The detail of an event io.triggermesh.salesforce.apicall, the data of a CloudEvent of that type, or a bare request.',
  },
  'apicall-response': {
    schema: replySchema,
    title: 'Salesforce API call: response',
    description:
      'The detail of an event io.triggermesh.salesforce.apicall.response, or the response to a call over HTTP: a CloudEvent in structured mode.',
  },
  'apicall-error': {
    schema: errorSchema,
    title: 'Salesforce API call: error',
    description: 'The data of a response of category error.',
  },
  mapping: {
    schema: publishedShape,
    title: 'Mapping',
    description: 'A file of mappings/: from an event to Salesforce (docs/mappings.md).',
  },
};

/** JSON Schemas (2020-12) of requests and responses, generated from the zod schemas: path relative to the project → text. */
export function schemaFiles(): Record<string, string> {
  const files = Object.entries(published).map(([name, { schema, title, description }]) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
    const $id = `urn:salesforce-eventbridge:schema:${name}`;
    const text = JSON.stringify({ $schema, $id, title, description, ...rest }, undefined, 2);
    return [`docs/schemas/${name}.schema.json`, `${text}\n`];
  });
  return Object.fromEntries(files);
}
