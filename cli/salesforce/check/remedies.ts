/** What Salesforce says, in part and without regard to case, and what to do about it. */
export interface Remedy {
  readonly says: string;
  readonly remedy: string;
}

const login: readonly Remedy[] = [
  {
    says: "user hasn't approved this consumer",
    remedy:
      'Set Permitted Users of the app to "Admin approved users are pre-authorized", select there a permission set of the user, and check the username (a sandbox adds a suffix).',
  },
  {
    says: 'user is not admin approved',
    remedy: "Assign the user a permission set that the app's policies select.",
  },
  {
    says: 'refresh_token scope is required',
    remedy: "Add the scope refresh_token, offline_access to the app's OAuth settings.",
  },
  {
    says: 'invalid assertion',
    remedy:
      "Upload the certificate that belongs to the secret's key (check it with --certificate FILE); it must not have expired, and this machine's clock must be right.",
  },
  {
    says: 'audience is invalid',
    remedy:
      'Use the My Domain URL of this very org as server; leave SalesforceAudience empty, or set it to https://login.salesforce.com (sandbox: https://test.salesforce.com).',
  },
  {
    says: 'expired authorization code',
    remedy: "Set this machine's clock: the assertion is valid for 3 minutes.",
  },
  {
    says: 'client identifier invalid',
    remedy:
      'Copy the consumer key again from the app in this very org; a new app needs up to 10 minutes.',
  },
  {
    says: 'invalid client credentials',
    remedy: "Copy the consumer secret again from the app's OAuth settings.",
  },
  {
    says: 'external client app is not installed',
    remedy:
      'Use the My Domain URL as server instead of login. or test.salesforce.com, and an app that is in this org.',
  },
  {
    says: 'app_not_found',
    remedy:
      'Use the My Domain URL as server instead of login. or test.salesforce.com, and an app that is in this org.',
  },
  {
    says: 'no client credentials user enabled',
    remedy:
      "In the app's policies enable the client credentials flow and name the integration user as Run As.",
  },
  {
    says: 'request not supported on this domain',
    remedy: 'The client credentials flow works on the My Domain URL only: use it as server.',
  },
  {
    says: 'no valid scopes defined',
    remedy: 'Add the scope "Manage user data via APIs (api)" to the app.',
  },
  { says: 'inactive user', remedy: 'Activate the integration user, or name another one.' },
  { says: 'inactive_user', remedy: 'Activate the integration user, or name another one.' },
  { says: 'inactive organization', remedy: 'The org is locked or expired: ask Salesforce.' },
  {
    says: 'ip restricted',
    remedy:
      "Allow the sender's addresses in the user's profile, or relax IP restrictions in the app's policies.",
  },
  {
    says: 'authentication failure',
    remedy:
      'Read the reason in the Login History of the user in Setup: password, security token, IP range or a blocked flow.',
  },
  {
    says: 'login rate exceeded',
    remedy: 'Wait an hour: a user may log in 3,600 times an hour, all applications together.',
  },
  {
    says: 'grant type not supported',
    remedy: "Enable the flow in the app's OAuth settings, or deploy with the AuthFlow it has.",
  },
];

const api: readonly Remedy[] = [
  {
    says: 'API_DISABLED_FOR_ORG',
    remedy: 'Give the user the permission "API Enabled"; the edition must include the API.',
  },
  {
    says: 'INVALID_SESSION_ID',
    remedy:
      'Add the scope "Manage user data via APIs (api)" to the app, and check that no IP restriction ends the session.',
  },
  {
    says: 'REQUEST_LIMIT_EXCEEDED',
    remedy: "The org's calls of the last 24 hours are used up: wait, or find who uses them.",
  },
  {
    says: 'UNSUPPORTED_API_VERSION',
    remedy: 'Deploy with a SalesforceApiVersion that this org serves.',
  },
  {
    says: 'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
    remedy: 'Set "Password Never Expires" for the integration user and reset its password.',
  },
  {
    says: 'INSUFFICIENT_ACCESS',
    remedy: "Add the right to the user's permission set.",
  },
  {
    says: 'NOT_FOUND',
    remedy:
      'Check the API name (custom ones end in __c or __e), and give the user read access to the object in a permission set.',
  },
];

const network: readonly Remedy[] = [
  { says: 'ENOTFOUND', remedy: "The host does not exist: check the secret's server." },
  { says: 'ECONNREFUSED', remedy: "Nothing listens there: check the secret's server." },
  {
    says: 'ETIMEDOUT',
    remedy: 'No answer in time: a firewall or a proxy between this machine and Salesforce.',
  },
  {
    says: 'SELF_SIGNED',
    remedy: 'A proxy replaces the certificate: name its CA in NODE_EXTRA_CA_CERTS.',
  },
  {
    says: 'UNABLE_TO_',
    remedy: 'A proxy replaces the certificate: name its CA in NODE_EXTRA_CA_CERTS.',
  },
  {
    says: 'ERROR_HTTP_',
    remedy: "That is no answer of a login host: check the secret's server, or try again later.",
  },
];

/** In the order they are tried. docs/salesforce-setup.md explains the same texts. */
export const remedies: readonly Remedy[] = [...login, ...api, ...network];

/** The remedy for what Salesforce or the network said, where one is known. */
export function remedyFor(said: string): string | undefined {
  const text = said.toLowerCase();
  return remedies.find(({ says }) => text.includes(says.toLowerCase()))?.remedy;
}
