import * as z from 'zod';

/**
 * A path segment, encoded later: no way to leave the versioned REST root, and nothing an HTTP stack could misread. Rules
 * are regular expressions where they can be, so that they stand in the published JSON Schema too.
 */
const segment = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not hold control characters')
    .regex(/^(?!(?:[\s\S]*\/)?\.\.?(?:\/|$))/, 'must not hold . or .. segments')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** One segment or more, separated by single slashes. */
export const objectPath = segment(255).regex(/^[^/]+(?:\/[^/]+)*$/, 'must not hold empty segments');

/** Only the value behind the field's slash may begin or end with a slash of its own, or hold a colon. */
export const recordPath = segment(1024)
  .regex(/^(?!\/)(?![^/]*\/$)/, 'must be an id or ExternalIdField__c/value')
  .regex(/^(?![^/]*:)/, 'must not begin with a scheme, such as https:');
