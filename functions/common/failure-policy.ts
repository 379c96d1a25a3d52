import type { CircuitBreakerPolicy, FailurePolicy } from './failure-policy-type.ts';

const OUTAGE: CircuitBreakerPolicy = {
  reason: 'limit',
  firstSeconds: 10,
  longestSeconds: 300,
  // The message names a limit of concurrent requests, which frees up in a moment.
  proof: { REQUEST_LIMIT_EXCEEDED: 'all' },
};

const RETRY_SOON = { attempts: 'MaxAttempts', baseSeconds: 1, capSeconds: 300 } as const;

/**
 * Everything that is decided by the class of a failure. A new class is one row: the classifier, retries, the circuit
 * breaker, splitting of shared calls, the reprocessor, the CLI's filters and the generated documentation read it from here.
 *
 * Error codes are those of the ExceptionCode and StatusCode enumerations (SOAP API Developer Guide). Salesforce doesn't
 * publish which of them are transient: the classes are this project's judgement.
 */
export const failurePolicies = {
  'retry-soon': {
    meaning: 'A locked record, a 5xx, a lost connection.',
    operatorAction:
      'None. If there are many, lower `MaximumConcurrency` or reorder the work in Salesforce.',
    errorCodes: [
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
    retry: RETRY_SOON,
    circuitBreaker: OUTAGE,
    inSharedCall: 'smaller',
    idempotencyRecord: 'release',
    redrive: 'at once',
  },
  'retry-later': {
    meaning: 'A daily limit is used up, or the org is in maintenance.',
    operatorAction: 'See `SalesforceRefusedAlarm`.',
    errorCodes: [
      'REQUEST_LIMIT_EXCEEDED',
      'LIMIT_EXCEEDED',
      'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
      'ORG_IN_MAINTENANCE',
      'API_CURRENTLY_DISABLED',
      'ORG_LOCKED',
      'TRIAL_EXPIRED',
      'TERRITORY_REALIGN_IN_PROGRESS',
    ],
    retry: { attempts: 'MaxAttempts', baseSeconds: 300, capSeconds: 3_600 },
    circuitBreaker: {
      reason: 'limit',
      // A daily limit counts the last 24 hours, so it frees up gradually ("API Request Limits and Allocations").
      firstSeconds: 300,
      longestSeconds: 3_600,
      // Not LIMIT_EXCEEDED, the hourly allocation of platform events, nor records whose territories are being realigned.
      proof: {
        REQUEST_LIMIT_EXCEEDED: 'all',
        ORG_IN_MAINTENANCE: 'all',
        API_CURRENTLY_DISABLED: 'all',
        ORG_LOCKED: 'all',
        TRIAL_EXPIRED: 'all',
        INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE: 'writes',
      },
    },
    inSharedCall: 'smaller',
    idempotencyRecord: 'release',
    redrive: 'after back-off',
  },
  alone: {
    meaning: 'Another request of the same API call failed.',
    operatorAction: 'None.',
    errorCodes: [
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'PROCESSING_HALTED',
      'BATCH_PROCESSING_HALTED',
      'MIXED_DML_OPERATION',
    ],
    retry: RETRY_SOON,
    circuitBreaker: 'unaffected',
    inSharedCall: 'resend alone',
    idempotencyRecord: 'release',
    redrive: 'at once',
  },
  'permanent-data': {
    meaning: 'A validation rule, a missing field or record; or not a valid, allowed request.',
    operatorAction:
      'Fix the mapping or Salesforce, then unpark it (if it is not parked yet, park it first); or send a corrected event and drop it.',
    errorCodes: [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      'DUPLICATE_EXTERNAL_ID',
      'DUPLICATE_VALUE',
      'DUPLICATES_DETECTED',
      'ENTITY_IS_DELETED',
      'ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE_CHECK',
      'ENTITY_IS_LOCKED',
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'FIELD_FILTER_VALIDATION_EXCEPTION',
      'FIELD_INTEGRITY_EXCEPTION',
      'INVALID_CROSS_REFERENCE_KEY',
      'INVALID_EMAIL_ADDRESS',
      'INVALID_FIELD',
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'INVALID_TYPE',
      'JSON_PARSER_ERROR',
      'MALFORMED_ID',
      'MALFORMED_QUERY',
      'MULTIPLE_RECORDS_FOUND',
      'NOT_FOUND',
      'NUMBER_OUTSIDE_VALID_RANGE',
      'REQUIRED_FIELD_MISSING',
      'STRING_TOO_LONG',
    ],
    retry: 'never',
    circuitBreaker: 'unaffected',
    inSharedCall: 'halve',
    idempotencyRecord: 'release',
    redrive: { park: 'PERMANENT' },
  },
  'permanent-size': {
    meaning: 'Too large for Salesforce, or its answer for this function.',
    operatorAction: 'Send smaller requests, or request less at once.',
    errorCodes: [
      'EXCEEDED_ID_LIMIT',
      'EXCEEDED_MAX_SIZE_REQUEST',
      'OPERATION_TOO_LARGE',
      'PAYLOAD_SIZE_EXCEEDED',
      'QUERY_TOO_COMPLICATED',
    ],
    retry: 'never',
    circuitBreaker: 'unaffected',
    inSharedCall: 'halve',
    idempotencyRecord: 'release',
    redrive: { park: 'PERMANENT' },
  },
  configuration: {
    meaning: 'Login, permissions, API version, storage: needs an administrator.',
    operatorAction:
      '`npm run salesforce -- check --object Case`; fix it; unpark those parked as `TOO_MANY_REDRIVES`.',
    errorCodes: [
      'INVALID_SESSION_ID',
      'INVALID_AUTH_HEADER',
      'INSUFFICIENT_ACCESS',
      'INSUFFICIENT_ACCESS_OR_READONLY',
      'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
      'API_DISABLED_FOR_ORG',
      'UNSUPPORTED_API_VERSION',
      'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
      'EXCEEDED_QUOTA',
      'FUNCTIONALITY_NOT_ENABLED',
      'STORAGE_LIMIT_EXCEEDED',
      'TXN_SECURITY_NO_ACCESS',
      'TXN_SECURITY_TWO_FA_REQUIRED',
      'TXN_SECURITY_END_A_SESSION',
    ],
    retry: 'never',
    circuitBreaker: {
      reason: 'login',
      // Salesforce locks a user out for 15 minutes after several refused logins in a row ("Set Password Policies").
      firstSeconds: 60,
      longestSeconds: 900,
      // A refused login, which has OAuth's error codes, is a proof too.
      proof: {
        API_DISABLED_FOR_ORG: 'all',
        EXCEEDED_QUOTA: 'creates',
        STORAGE_LIMIT_EXCEEDED: 'creates',
      },
    },
    inSharedCall: 'halve',
    idempotencyRecord: 'release',
    redrive: 'at once',
  },
  'claim-expired': {
    meaning: "A large event's payload was deleted before a mapping could read it.",
    operatorAction:
      'Let the provider deliver the webhook again, then drop it; raise `ClaimRetentionDays`.',
    errorCodes: [],
    retry: 'never',
    circuitBreaker: 'unaffected',
    inSharedCall: 'final',
    idempotencyRecord: 'release',
    redrive: { park: 'CLAIM_EXPIRED' },
  },
  'no-mapping': {
    meaning: 'An event was redriven, and its mapping is off, or no longer matches it.',
    operatorAction: 'Add its mapping to `Mappings`, restore or correct it, then unpark it.',
    errorCodes: [],
    retry: 'never',
    circuitBreaker: 'unaffected',
    inSharedCall: 'final',
    idempotencyRecord: 'release',
    redrive: { park: 'NO_MAPPING' },
  },
  'outcome-unknown': {
    meaning: 'The response to a POST was lost: Salesforce may have applied the change.',
    operatorAction: '[Resolve the unknown outcome](#resolve-an-unknown-outcome).',
    errorCodes: [],
    retry: 'never',
    circuitBreaker: OUTAGE,
    inSharedCall: 'final',
    idempotencyRecord: 'keep',
    redrive: { park: 'OUTCOME_UNKNOWN' },
  },
} as const satisfies Readonly<Record<string, FailurePolicy>>;

/** The class of a failed request: a public contract, in metrics, logs and the attribute `Failure` (message-attributes.ts). */
export type FailureClass = keyof typeof failurePolicies;

const isFailureClass = (name: string): name is FailureClass => Object.hasOwn(failurePolicies, name);

export const requestFailureClasses: readonly FailureClass[] =
  Object.keys(failurePolicies).filter(isFailureClass);

export const policyOf = (name: FailureClass): FailurePolicy => failurePolicies[name];

/** The policy of a class that a message names; `undefined` for a class that this version doesn't know. */
export const findPolicy = (name: string): FailurePolicy | undefined =>
  isFailureClass(name) ? policyOf(name) : undefined;
