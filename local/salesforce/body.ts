import type { FastifyRequest } from 'fastify';
import { apiError } from './errors.ts';

/** Parses the JSON of an optional body. @throws ApiError JSON_PARSER_ERROR */
export function jsonBody(request: FastifyRequest): unknown {
  const text = typeof request.body === 'string' ? request.body : '';
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    throw apiError(400, 'JSON_PARSER_ERROR', 'Unexpected character in the request body');
  }
}
