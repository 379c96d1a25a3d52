/** The CloudEvents attributes of a request: its reply is correlated by them. */
export interface EventContext {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** TriggerMesh's bridge extensions, copied to the reply. */
  readonly statefulbridge?: string;
  readonly statefulid?: string;
}

/** The error codes of TriggerMesh's contract: the step of a request that failed. */
export const errorCodes = [
  'event-context',
  'request-parsing',
  'request-validation',
  'adapter-process',
  'response-parsing',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Messages quote names from requests, which can be long. */
const MAX_MESSAGE_LENGTH = 2_000;

interface RequestErrorOptions extends ErrorOptions {
  readonly context?: EventContext;
}

/** The request is not a valid API call. The message names the field and what was expected. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode;
  /** The event to reply to, if the request could not be read. */
  readonly context: EventContext | undefined;

  constructor(code: ErrorCode, message: string, { context, ...options }: RequestErrorOptions = {}) {
    super(message.slice(0, MAX_MESSAGE_LENGTH), options);
    this.code = code;
    this.context = context;
  }

  /** The same error, about an event. */
  about(context: EventContext): RequestError {
    return new RequestError(this.code, this.message, { cause: this.cause, context });
  }
}

/** An administrator must fix credentials or settings. The message names fields, never their values. */
export class SalesforceConfigurationError extends Error {
  override readonly name = 'SalesforceConfigurationError';
}

/** The token endpoint refused the login. `errorCode` is OAuth's `error`, the message its `error_description`. */
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

/** A response's body is larger than this function reads. The cause of a TransportError. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

interface TransportErrorOptions extends ErrorOptions {
  readonly status?: number | undefined;
}

/**
 * No complete response was received. `sent`: the request may have reached Salesforce, so its outcome is unknown. `status`: that of the
 * response, if only its body is missing or cut off.
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
    super(`No response from Salesforce (${errorCode})`, options);
    this.errorCode = errorCode;
    this.sent = sent;
    this.status = status;
  }
}
