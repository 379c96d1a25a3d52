import * as z from 'zod';
import { RequestError } from '../errors.ts';

const actions = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD'] as const;

/** A path segment, encoded later: no way to leave the versioned REST root, and nothing an HTTP stack could misread. */
const segment = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
    .refine((text) => !/[\u0000-\u001f\u007f]/.test(text), 'must not hold control characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
    .refine(
      (text) => !text.split('/').some((part) => part === '.' || part === '..'),
      'must not hold . or .. segments',
    );

const noEmptyPart = (text: string): boolean => !text.split('/').includes('');

/** Only the value behind the field's slash may begin or end with a slash of its own. */
const hasFieldAndValue = (record: string): boolean =>
  !record.startsWith('/') && record.indexOf('/') !== record.length - 1;

const isName = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Only headers that change what Salesforce does with the record, none that change who asks or where. */
const headerName = z.string().regex(/^(sforce|if)-[a-z-]+$/i, 'must be an Sforce-… or If-… header');

/** The request data of TriggerMesh's contract and its additions, as README.md describes them. */
export const requestSchema = z.strictObject({
  action: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(actions)),
  resource: z.string().regex(isName, 'must be one REST resource name, such as sobjects'),
  object: segment(255).refine(noEmptyPart, 'must not hold empty segments').optional(),
  record: segment(1024)
    .refine(hasFieldAndValue, 'must be an id or ExternalIdField__c/value')
    .optional(),
  query: z.record(z.string(), z.string()).optional(),
  payload: z.json().optional(),
  headers: z
    .record(headerName, z.string().regex(/^[\x20-\x7e]*$/, 'must be printable ASCII'))
    .optional(),
  idempotencyKey: z.string().min(1).max(512).optional(),
  priority: z.enum(['normal', 'low']).optional(),
  fit: z.record(z.string(), z.int().positive()).optional(),
});

export type ApiCallRequest = z.infer<typeof requestSchema>;

function describeIssue({ path, message, code, ...rest }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys' && 'keys' in rest) return `unknown key: ${rest.keys.join(', ')}`;
  return `${path.join('.') || 'request'}: ${message}`;
}

/**
 * The one way from outside data to a request.
 *
 * @throws RequestError `request-validation`, naming every field that is wrong and what was expected.
 */
export function parseRequest(data: unknown): ApiCallRequest {
  const parsed = requestSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new RequestError('request-validation', parsed.error.issues.map(describeIssue).join('; '));
}
