/** The error codes of TriggerMesh's contract: which step of a request went wrong. */
export const errorCodes = [
  'event-context',
  'request-parsing',
  'request-validation',
  'adapter-process',
  'response-parsing',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Names that come from outside stand in messages: whoever sends long ones gets a part of them back. */
const MAX_MESSAGE_LENGTH = 2_000;

/** A request that cannot be made into an API call. The message says which field and what was expected. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message.slice(0, MAX_MESSAGE_LENGTH), options);
    this.code = code;
  }
}

/** Credentials or settings that a person has to mend. Names fields, never their values. */
export class SalesforceConfigurationError extends Error {
  override readonly name = 'SalesforceConfigurationError';
}

/** The token endpoint refused the login. `errorCode` is OAuth's `error`, the message its description. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
  readonly errorCode: string;
  readonly status: number;

  constructor(errorCode: string, status: number, description: string) {
    super(description);
    this.errorCode = errorCode;
    this.status = status;
  }
}

interface TransportErrorOptions extends ErrorOptions {
  readonly status?: number | undefined;
}

/**
 * No whole answer came. `sent` - whether the request may have reached Salesforce, so that its outcome is unknown;
 * `status` - that of the answer, where only its body is missing or cut off.
 */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly errorCode: string;
  readonly sent: boolean;
  readonly status: number | undefined;

  constructor(
    errorCode: string,
    sent: boolean,
    { status, ...options }: TransportErrorOptions = {},
  ) {
    super(`No answer from Salesforce (${errorCode})`, options);
    this.errorCode = errorCode;
    this.sent = sent;
    this.status = status;
  }
}
