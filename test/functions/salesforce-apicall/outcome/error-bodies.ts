/** What becomes of a request: its class, and for some errors after how many tries it is given up. */
export type ExpectedClass =
  | 'retry-soon'
  | 'retry-soon, 3 tries'
  | 'retry-later'
  | 'alone'
  | 'permanent-data'
  | 'permanent-size'
  | 'configuration';

/** Status, code, message as Salesforce words it, and expected class. */
export type ErrorBody = readonly [number, string, string, ExpectedClass];

/** The error of a trigger that a write ran. */
const automation = (cause: string, expected: ExpectedClass): ErrorBody => [
  400,
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  `ContactTrigger: execution of BeforeInsert\n\ncaused by: ${cause}\n\nTrigger.ContactTrigger: line 4, column 1`,
  expected,
];

/** Errors of the REST API by code ("Status Codes and Error Responses"; enumerations of the SOAP API Developer Guide). */
export const errorBodies: readonly ErrorBody[] = [
  [403, 'ORG_LOCKED', 'The organization is locked', 'retry-later'],
  [403, 'TRIAL_EXPIRED', 'The trial of the organization has expired', 'retry-later'],
  [400, 'MIXED_DML_OPERATION', 'DML operation on setup object is not permitted', 'alone'],
  [
    400,
    'EXCEEDED_ID_LIMIT',
    'record limit reached. cannot submit more than 200 records into this call',
    'permanent-size',
  ],
  [400, 'QUERY_TOO_COMPLICATED', 'Query is either selecting too many fields', 'permanent-size'],
  [
    412,
    'ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE_CHECK',
    'The entity has been modified since it was last read',
    'permanent-data',
  ],
  [400, 'EXCEEDED_QUOTA', 'The quota is exceeded', 'configuration'],
  [403, 'FUNCTIONALITY_NOT_ENABLED', 'This functionality is temporarily disabled', 'configuration'],
  automation(
    'System.QueryException: Record Currently Unavailable: The record you are attempting to edit, or one of its related records, is currently being modified by another user. Please try again.',
    'retry-soon',
  ),
  [
    400,
    'UNABLE_TO_LOCK_ROW',
    'unable to obtain exclusive access to this record or 1 records: 0035g00000ABCDEAA4',
    'retry-soon',
  ],
  [
    400,
    'RECORD_IN_USE_BY_WORKFLOW',
    "You can't change this record while a workflow is using it",
    'retry-soon',
  ],
  [503, 'TOO_MANY_APEX_REQUESTS', 'Too many Apex requests are running', 'retry-soon'],
  [
    503,
    'SERVER_UNAVAILABLE',
    'The server is too busy to respond to your request. Retry shortly.',
    'retry-soon',
  ],
  [
    503,
    'FUNCTIONALITY_TEMPORARILY_UNAVAILABLE',
    'The requested functionality is temporarily unavailable',
    'retry-soon',
  ],
  [
    500,
    'PLATFORM_EVENT_PUBLISH_FAILED',
    'The platform event message was not published',
    'retry-soon',
  ],
  [
    503,
    'PLATFORM_EVENT_PUBLISHING_UNAVAILABLE',
    'Platform event publishing is unavailable',
    'retry-soon',
  ],
  [400, 'QUERY_TIMEOUT', 'Your query request was running for too long.', 'retry-soon'],
  [500, 'REQUEST_RUNNING_TOO_LONG', 'Your request was running for too long', 'retry-soon'],
  [500, 'INTERNAL_ERROR', 'An internal error occurred', 'retry-soon'],
  [
    500,
    'UNKNOWN_EXCEPTION',
    'An unexpected error occurred. Please include this ErrorId if you contact support: 1234567-8901 (-123456789)',
    'retry-soon, 3 tries',
  ],
  [500, 'UNKNOWN_EXCEPTION', 'ConcurrentPerOrgLongTxn Limit exceeded.', 'retry-soon'],
  automation('System.LimitException: ConcurrentPerOrgApex Limit exceeded.', 'retry-soon'),
  [500, 'TXN_SECURITY_METERING_ERROR', 'Too many transaction security policies', 'retry-soon'],
  [
    403,
    'REQUEST_LIMIT_EXCEEDED',
    'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
    'retry-soon',
  ],
  automation(
    'System.DmlException: Update failed. First exception on row 0 with id 0015g00000ABCDEAA4; first error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record',
    'retry-soon',
  ),
  [
    400,
    'CANNOT_EXECUTE_FLOW_TRIGGER',
    'We can\'t save this record because the "Order" process failed. This error occurred: UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record',
    'retry-soon',
  ],
  [403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 'retry-later'],
  [400, 'LIMIT_EXCEEDED', 'You have exceeded the event publishing limit.', 'retry-later'],
  [
    503,
    'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
    'Updates can’t be made during maintenance.',
    'retry-later',
  ],
  [503, 'ORG_IN_MAINTENANCE', 'The org is in maintenance', 'retry-later'],
  [403, 'API_CURRENTLY_DISABLED', 'API is currently disabled for this organization', 'retry-later'],
  [400, 'TERRITORY_REALIGN_IN_PROGRESS', 'Territory realignment is in progress', 'retry-later'],
  [503, 'SERVER_UNAVAILABLE', 'Salesforce is temporarily down for maintenance', 'retry-later'],
  [
    400,
    'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    'Record rolled back because not all records were valid and the request was using AllOrNone header',
    'alone',
  ],
  [
    400,
    'PROCESSING_HALTED',
    'The transaction was rolled back since another operation in the same transaction failed.',
    'alone',
  ],
  [412, 'BATCH_PROCESSING_HALTED', 'Batch processing halted per request', 'alone'],
  [400, 'DUPLICATE_VALUE', 'Duplicate external id specified: order-1', 'alone'],
  automation(
    'System.NullPointerException: Attempt to de-reference a null object',
    'permanent-data',
  ),
  [400, 'DUPLICATE_EXTERNAL_ID', 'Duplicate external id specified: order-1', 'permanent-data'],
  [
    400,
    'DUPLICATE_VALUE',
    'duplicate value found: Key__c duplicates value on record with id: 0035g00000ABCDE',
    'permanent-data',
  ],
  [400, 'DUPLICATES_DETECTED', 'Use one of these records?', 'permanent-data'],
  [404, 'ENTITY_IS_DELETED', 'entity is deleted', 'permanent-data'],
  [
    400,
    'ENTITY_IS_LOCKED',
    'This record is locked. If you need to edit it, contact your admin.',
    'permanent-data',
  ],
  [
    400,
    'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    'The close date must not be in the past',
    'permanent-data',
  ],
  [
    400,
    'FIELD_FILTER_VALIDATION_EXCEPTION',
    "Value does not exist or does not match filter criteria.: data value doesn't match",
    'permanent-data',
  ],
  [400, 'FIELD_INTEGRITY_EXCEPTION', 'There is a problem with this state', 'permanent-data'],
  [400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', 'permanent-data'],
  [400, 'INVALID_EMAIL_ADDRESS', 'Email: invalid email address: nobody', 'permanent-data'],
  [400, 'INVALID_FIELD', "No such column 'Nmae' on sobject of type Contact", 'permanent-data'],
  [
    400,
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    'Unable to create/update fields: CreatedDate. Please check the security settings of this field.',
    'permanent-data',
  ],
  [
    400,
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    'Stage: bad value for restricted picklist field: Open',
    'permanent-data',
  ],
  [400, 'INVALID_TYPE', "sObject type 'Contct' is not supported.", 'permanent-data'],
  [400, 'JSON_PARSER_ERROR', "Unexpected character ('}' (code 125))", 'permanent-data'],
  [400, 'MALFORMED_ID', 'Contact ID: id value of incorrect type: 42', 'permanent-data'],
  [400, 'MALFORMED_QUERY', "unexpected token: 'FORM'", 'permanent-data'],
  [300, 'MULTIPLE_RECORDS_FOUND', 'Multiple records found', 'permanent-data'],
  [404, 'NOT_FOUND', 'The requested resource does not exist', 'permanent-data'],
  [
    400,
    'NUMBER_OUTSIDE_VALID_RANGE',
    'Amount: value outside of valid range on numeric field: 1.0E20',
    'permanent-data',
  ],
  [400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', 'permanent-data'],
  [
    400,
    'STRING_TOO_LONG',
    'Last Name: data value too large: UNABLE_TO_LOCK_ROW (max length=8)',
    'permanent-data',
  ],
  [400, 'SOMETHING_NEW', 'A code that did not exist when this was written', 'permanent-data'],
  [500, 'SOMETHING_NEW', 'A code that did not exist when this was written', 'retry-soon'],
  [400, 'OPERATION_TOO_LARGE', 'exceeded 100000 distinct who/what ids', 'permanent-size'],
  [
    413,
    'EXCEEDED_MAX_SIZE_REQUEST',
    'The size of your request exceeded the 52428800 limit',
    'permanent-size',
  ],
  [400, 'PAYLOAD_SIZE_EXCEEDED', 'The event exceeds the maximum size', 'permanent-size'],
  [401, 'INVALID_SESSION_ID', 'Session expired or invalid', 'configuration'],
  [401, 'INVALID_AUTH_HEADER', "INVALID_HEADER_TYPE in header 'Authorization'", 'configuration'],
  [403, 'INSUFFICIENT_ACCESS', 'insufficient access rights', 'configuration'],
  [
    400,
    'INSUFFICIENT_ACCESS_OR_READONLY',
    'insufficient access rights on object id',
    'configuration',
  ],
  [
    400,
    'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    'insufficient access rights on cross-reference id: 0015g00000ABCDE',
    'configuration',
  ],
  [
    403,
    'API_DISABLED_FOR_ORG',
    'The REST API is not enabled for this Organization.',
    'configuration',
  ],
  [410, 'UNSUPPORTED_API_VERSION', 'API version is no longer supported', 'configuration'],
  [
    403,
    'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
    "The user's password has expired",
    'configuration',
  ],
  [400, 'STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded', 'configuration'],
  [403, 'TXN_SECURITY_NO_ACCESS', 'The operation was blocked by a policy', 'configuration'],
  [403, 'TXN_SECURITY_TWO_FA_REQUIRED', 'Two-factor authentication required', 'configuration'],
  [401, 'TXN_SECURITY_END_A_SESSION', 'The session was ended by a policy', 'configuration'],
];
