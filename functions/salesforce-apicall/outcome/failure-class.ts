import type { ErrorData } from './reply-schema.ts';

/** What can be done about a failure: the one vocabulary of retry, dead letters and reprocessing. */
export const failureClasses = [
  'retry-soon',
  'retry-later',
  'alone',
  'permanent-data',
  'permanent-size',
  'configuration',
  'outcome-unknown',
] as const;

export type FailureClass = (typeof failureClasses)[number];

/** One of Salesforce's errors. The message may quote field values: it belongs in replies and dead letters only. */
export type SalesforceError = Readonly<ErrorData['details']['errors'][number]>;

/**
 * Salesforce's error codes by what helps (ExceptionCode and StatusCode enumerations of the SOAP API Developer Guide;
 * the classes are this project's judgement, Salesforce publishes none). Codes that are not here go by HTTP status.
 */
export const codesOfClass: Readonly<Record<FailureClass, readonly string[]>> = {
  'retry-soon': [
    'UNABLE_TO_LOCK_ROW',
    'RECORD_IN_USE_BY_WORKFLOW',
    'TOO_MANY_APEX_REQUESTS',
    'SERVER_UNAVAILABLE',
    'FUNCTIONALITY_TEMPORARILY_UNAVAILABLE',
    'PLATFORM_EVENT_PUBLISH_FAILED',
    'PLATFORM_EVENT_PUBLISHING_UNAVAILABLE',
    'QUERY_TIMEOUT',
    'REQUEST_RUNNING_TOO_LONG',
    'INTERNAL_ERROR',
    'UNKNOWN_EXCEPTION',
    'TXN_SECURITY_METERING_ERROR',
  ],
  'retry-later': [
    'REQUEST_LIMIT_EXCEEDED',
    'LIMIT_EXCEEDED',
    'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
    'ORG_IN_MAINTENANCE',
    'API_CURRENTLY_DISABLED',
    'TERRITORY_REALIGN_IN_PROGRESS',
  ],
  alone: ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'PROCESSING_HALTED', 'BATCH_PROCESSING_HALTED'],
  'permanent-data': [],
  'permanent-size': ['OPERATION_TOO_LARGE', 'EXCEEDED_MAX_SIZE_REQUEST', 'PAYLOAD_SIZE_EXCEEDED'],
  configuration: [
    'INVALID_SESSION_ID',
    'INVALID_AUTH_HEADER',
    'INSUFFICIENT_ACCESS',
    'INSUFFICIENT_ACCESS_OR_READONLY',
    'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    'API_DISABLED_FOR_ORG',
    'UNSUPPORTED_API_VERSION',
    'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
    'STORAGE_LIMIT_EXCEEDED',
    'TXN_SECURITY_NO_ACCESS',
    'TXN_SECURITY_TWO_FA_REQUIRED',
    'TXN_SECURITY_END_A_SESSION',
  ],
  'outcome-unknown': [],
};

const classOfCode = new Map<string, FailureClass>(
  failureClasses.flatMap((name) =>
    codesOfClass[name].map((code): [string, FailureClass] => [code, name]),
  ),
);

/** Codes whose message decides: Salesforce uses one code for two conditions. */
function classOfMessage({ errorCode, message }: SalesforceError): FailureClass | undefined {
  if (errorCode === 'REQUEST_LIMIT_EXCEEDED' && message.includes('Concurrent')) return 'retry-soon';
  if (message.includes('UNABLE_TO_LOCK_ROW')) return 'retry-soon';
  return undefined;
}

/** "Status Codes and Error Responses" of the REST API Developer Guide. */
function classOfStatus(status: number): FailureClass {
  if ([408, 409, 420, 425, 429].includes(status) || status >= 500) return 'retry-soon';
  if ([413, 414, 431].includes(status)) return 'permanent-size';
  if ([401, 403, 410].includes(status)) return 'configuration';
  return 'permanent-data';
}

/** What an error answer means: its first error decides where it is known, the HTTP status otherwise. */
export function classOf(status: number, [first]: readonly SalesforceError[]): FailureClass {
  const known = first && (classOfMessage(first) ?? classOfCode.get(first.errorCode));
  return known ?? classOfStatus(status);
}
