import type { AuthFlow } from '../../functions/salesforce-apicall/salesforce/credentials.ts';
import { UsageError } from '../errors.ts';

export const flows = ['jwt', 'client_credentials', 'password'] as const;

/** How the function connects to Salesforce. */
export interface Settings {
  readonly flow: AuthFlow;
  readonly audience: string | undefined;
  readonly apiVersion: string;
  readonly objects: readonly string[];
  readonly eventIdFields: readonly EventIdField[];
}

/** An object and its event id field, as `EventIdFields` names them. */
export interface EventIdField {
  readonly object: string;
  readonly field: string;
}

/** Options that override the stack's parameters. */
export interface SettingOptions {
  readonly flow?: AuthFlow;
  readonly audience?: string;
  readonly apiVersion?: string;
  readonly object?: readonly string[];
  readonly eventIdField?: readonly EventIdField[];
}

type Parameters = Readonly<Record<string, string>>;

/** The template's default, for a check without a stack. */
export const DEFAULT_API_VERSION = 'v68.0';

/** One pair of `EventIdFields`, for example `Case:Event_Id__c`; undefined if it is not one. */
export function parseEventIdField(pair: string): EventIdField | undefined {
  const [, object, field] = /^([A-Za-z]\w*):([A-Za-z]\w*)$/.exec(pair.trim()) ?? [];
  return object !== undefined && field !== undefined ? { object, field } : undefined;
}

/** The pairs of the stack's `EventIdFields`, which the template's pattern has accepted. */
export const eventIdFieldsOf = (parameters: Parameters): EventIdField[] =>
  (parameters['EventIdFields'] ?? '').split(',').flatMap((pair) => parseEventIdField(pair) ?? []);

function flowOf(parameters: Parameters): AuthFlow {
  const given = parameters['AuthFlow'] ?? 'jwt';
  const flow = flows.find((name) => name === given);
  if (flow !== undefined) return flow;
  throw new UsageError(
    `The stack's AuthFlow ${given} is not supported: pass --flow, one of ${flows.join(', ')}.`,
  );
}

export const settingsFrom = (options: SettingOptions, parameters: Parameters): Settings => ({
  flow: options.flow ?? flowOf(parameters),
  audience: options.audience ?? (parameters['SalesforceAudience'] || undefined),
  apiVersion: options.apiVersion ?? parameters['SalesforceApiVersion'] ?? DEFAULT_API_VERSION,
  objects: options.object ?? [],
  eventIdFields: options.eventIdField ?? eventIdFieldsOf(parameters),
});
