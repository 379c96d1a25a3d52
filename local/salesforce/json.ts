import { type ApiError, apiError } from './errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The error for a body that is not well formed. No page quotes such errors: code and texts are guesses where no source is named. */
export const malformed = (message: string): ApiError => apiError(400, 'JSON_PARSER_ERROR', message);
