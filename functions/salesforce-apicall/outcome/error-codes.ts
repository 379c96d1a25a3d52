import type { requestFailureClasses } from '#common/failure-classes.ts';

export type FailureClass = (typeof requestFailureClasses)[number];

/**
 * Salesforce's error codes by what helps (ExceptionCode and StatusCode enumerations of the SOAP API Developer Guide;
 * the classes are this project's judgement, Salesforce publishes none). Codes that are not here go by HTTP status.
 */
export const codes: Readonly<Record<Exclude<FailureClass, 'outcome-unknown'>, readonly string[]>> =
  {
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
    'permanent-data': [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      'DUPLICATE_EXTERNAL_ID',
      'DUPLICATE_VALUE',
      'DUPLICATES_DETECTED',
      'ENTITY_IS_DELETED',
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
  };
