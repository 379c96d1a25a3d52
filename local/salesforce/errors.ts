/** An error response, with Salesforce's status and body ("Status Codes and Error Responses"). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: unknown;
  /** Of a body that is text: a page of a gateway, or the identity service's single words. */
  readonly contentType: string | undefined;

  constructor(status: number, body: unknown, contentType?: string) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
    this.contentType = contentType;
  }
}

export const apiError = (
  status: number,
  errorCode: string,
  message: string,
  fields?: readonly string[],
): ApiError =>
  new ApiError(status, [{ message, errorCode, ...(fields === undefined ? {} : { fields }) }]);

/** The single entry of an ApiError, in the format of collections and composite. */
export function entryOf(error: ApiError): {
  statusCode: string;
  message: string;
  fields: readonly string[];
} {
  const [first] = Array.isArray(error.body) ? error.body : [];
  const { errorCode = 'UNKNOWN_EXCEPTION', message = '', fields = [] } = first ?? {};
  return { statusCode: errorCode, message, fields };
}

/**
 * The error for what Salesforce has and this simulator does not, naming it.
 *
 * No code of Salesforce, so that nothing takes it for one. Its status is 400, as a 404 would mean a missing record and
 * clients repeat what is answered with 5xx. Stock clients raise both code and message.
 */
export const notSimulated = (what: string): ApiError =>
  apiError(400, 'NOT_SIMULATED', `${what} is not part of the Salesforce simulator`);
