/** An error response, with Salesforce's status and body ("Status Codes and Error Responses"). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
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
