const RIGHTS =
  'Use the session of an administrator: a user with Customize Application, Manage Profiles and Permission Sets, Assign Permission Sets, and API Enabled.';
const LOG_IN_AGAIN =
  'Log in again as an administrator (sf org login web), or pipe in a token that is still valid.';

/**
 * Remedies for what Salesforce answers to an administrator's session, by a part of its message, without regard to case; the
 * first match counts. docs/salesforce-setup.md explains the same messages.
 */
export const administratorRemedies: Readonly<Record<string, string>> = {
  INVALID_SESSION_ID: LOG_IN_AGAIN,
  INSUFFICIENT_ACCESS: RIGHTS,
  'insufficient privileges': RIGHTS,
  INVALID_TYPE: RIGHTS,
  'restricted picklist field':
    'Check the API name: the object must exist and allow custom fields, and the permission set can only contain what the org has.',
  'maximum number of':
    'The object has as many fields, or external ids (25), as it may: delete one, or ask Salesforce for more.',
  NOT_FOUND:
    'Check the API name (custom ones end in __c), and that the user may see it: an administrator with Customize Application can.',
};

/** The remedy for a message, if one is known. */
export function administratorRemedyFor(message: string): string | undefined {
  const text = message.toLowerCase();
  return Object.entries(administratorRemedies).find(([part]) =>
    text.includes(part.toLowerCase()),
  )?.[1];
}
