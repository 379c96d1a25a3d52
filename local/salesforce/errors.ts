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

/** A value or field name that Salesforce refuses while it reads the JSON: a collection with one fails as a whole. */
export class UnreadableError extends ApiError {
  constructor(errorCode: string, message: string) {
    super(400, [{ message, errorCode }]);
  }
}

export const notFound = (): ApiError =>
  apiError(404, 'NOT_FOUND', 'The requested resource does not exist');

/** A key that several records have. The body is what a collection reports; a single call returns the records' URLs. */
export class AmbiguousKeyError extends ApiError {
  readonly ids: readonly string[];

  constructor(label: string, ids: readonly string[]) {
    const message = `${label}: more than one record found for external id field: [${ids.join(', ')}]`;
    super(300, [{ message, errorCode: 'DUPLICATE_EXTERNAL_ID', fields: [] }]);
    this.ids = ids;
  }
}

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
