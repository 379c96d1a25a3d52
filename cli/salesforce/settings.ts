import type { AuthFlow } from '../../functions/salesforce-apicall/salesforce/credentials.ts';
import { SetupError } from './errors.ts';

export const flows = ['jwt', 'client_credentials', 'password'] as const;

/** How the function talks to Salesforce: the stack's parameters, where options do not say otherwise. */
export interface Settings {
  readonly flow: AuthFlow;
  readonly audience: string | undefined;
  readonly apiVersion: string;
  readonly objects: readonly string[];
}

export interface SettingOptions {
  readonly flow?: AuthFlow;
  readonly audience?: string;
  readonly apiVersion?: string;
  readonly object?: readonly string[];
}

type Parameters = Readonly<Record<string, string>>;

/** The template's own default, for a check without a stack. */
export const DEFAULT_API_VERSION = 'v68.0';

/** The objects that the template's built-in rules write. */
const objectsOf = (parameters: Parameters): string[] => [
  ...(parameters['GitHubIssueToCase'] === 'true' ? ['Case'] : []),
  ...(parameters['TwilioMessageToTask'] === 'true' ? ['Task'] : []),
];

function flowOf(parameters: Parameters): AuthFlow {
  const given = parameters['AuthFlow'] ?? 'jwt';
  const flow = flows.find((name) => name === given);
  if (flow !== undefined) return flow;
  throw new SetupError(`The stack's AuthFlow ${given} is not known here.`);
}

export const settingsOf = (options: SettingOptions, parameters: Parameters): Settings => ({
  flow: options.flow ?? flowOf(parameters),
  audience: options.audience ?? (parameters['SalesforceAudience'] || undefined),
  apiVersion: options.apiVersion ?? parameters['SalesforceApiVersion'] ?? DEFAULT_API_VERSION,
  objects: options.object ?? objectsOf(parameters),
});
