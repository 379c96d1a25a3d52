const USE_MY_DOMAIN =
  'Use the My Domain URL as server instead of login. or test.salesforce.com, and an app of this org.';
const ACTIVATE_USER = 'Activate the integration user, or use another one.';
const TRUST_PROXY = 'A proxy replaces the certificate: set NODE_EXTRA_CA_CERTS to its CA file.';

const login: Readonly<Record<string, string>> = {
  "user hasn't approved this consumer":
    'Set Permitted Users of the app to "Admin approved users are pre-authorized", select a permission set of the user there, and check the username (a sandbox adds a suffix).',
  'user is not admin approved': "Assign the user a permission set that the app's policies select.",
  'refresh_token scope is required':
    "Add the scope refresh_token, offline_access to the app's OAuth settings.",
  'invalid assertion':
    "Upload the certificate that belongs to the secret's key (check it with --certificate FILE); it must not have expired, and this machine's clock must be right.",
  'audience is invalid':
    'Use the My Domain URL of this org as server; leave SalesforceAudience empty, or set it to https://login.salesforce.com (sandbox: https://test.salesforce.com).',
  'expired authorization code': "Set this machine's clock: the assertion is valid for 3 minutes.",
  'client identifier invalid':
    'Copy the consumer key again from the app in this org; a new app needs up to 10 minutes.',
  'invalid client credentials': "Copy the consumer secret again from the app's OAuth settings.",
  'external client app is not installed': USE_MY_DOMAIN,
  app_not_found: USE_MY_DOMAIN,
  'no client credentials user enabled':
    "In the app's policies, enable the client credentials flow and set Run As to the integration user.",
  'request not supported on this domain':
    'The client credentials flow works on the My Domain URL only: use it as server.',
  'no valid scopes defined': 'Add the scope "Manage user data via APIs (api)" to the app.',
  'inactive user': ACTIVATE_USER,
  inactive_user: ACTIVATE_USER,
  'inactive organization': 'The org is locked or expired: contact Salesforce.',
  'ip restricted':
    "Allow the sender's addresses in the user's profile, or relax IP restrictions in the app's policies.",
  'authentication failure':
    'Read the reason in the Login History of the user in Setup: password, security token, IP range or a blocked flow.',
  'login rate exceeded':
    'Wait an hour: a user can log in 3,600 times an hour, across all applications.',
  'grant type not supported':
    "Enable the flow in the app's OAuth settings, or deploy with the AuthFlow that the app supports.",
};

const api: Readonly<Record<string, string>> = {
  API_DISABLED_FOR_ORG:
    'Give the user the permission "API Enabled"; the edition must include the API.',
  INVALID_SESSION_ID:
    'Add the scope "Manage user data via APIs (api)" to the app, and check that no IP restriction ends the session.',
  REQUEST_LIMIT_EXCEEDED:
    "The org's calls of the last 24 hours are used up: wait, or find the client that uses them.",
  UNSUPPORTED_API_VERSION: 'Deploy with a SalesforceApiVersion that this org serves.',
  INVALID_OPERATION_WITH_EXPIRED_PASSWORD:
    'Set "Password Never Expires" for the integration user and reset its password.',
  INSUFFICIENT_ACCESS: "Add the permission to the user's permission set.",
  NOT_FOUND:
    'Check the API name (custom ones end in __c or __e), and give the user read access to the object in a permission set.',
};

const network: Readonly<Record<string, string>> = {
  ENOTFOUND: "The host does not exist: check the secret's server.",
  ECONNREFUSED: "Nothing listens there: check the secret's server.",
  ETIMEDOUT:
    'No response in time: check firewalls and proxies between this machine and Salesforce.',
  SELF_SIGNED: TRUST_PROXY,
  UNABLE_TO_: TRUST_PROXY,
  ERROR_HTTP_:
    "The response is not that of a login host: check the secret's server, or try again later.",
};

/**
 * Remedies by a part of Salesforce's or the network's message, without regard to case; the first match counts.
 * docs/salesforce-setup.md explains the same messages.
 */
export const remedies: Readonly<Record<string, string>> = { ...login, ...api, ...network };

const find = (known: Readonly<Record<string, string>>, message: string): string | undefined => {
  const text = message.toLowerCase();
  return Object.entries(known).find(([part]) => text.includes(part.toLowerCase()))?.[1];
};

/** The remedy for a message, if one is known. */
export const remedyFor = (message: string): string | undefined => find(remedies, message);

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

/** The remedy for what Salesforce answers to an administrator's session, if one is known. */
export const administratorRemedyFor = (message: string): string | undefined =>
  find(administratorRemedies, message);
