import type { ApiCallRequest } from './schema.ts';

/** Cuts at `length` UTF-16 code units, one less where that would split a surrogate pair. */
function cut(text: string, length: number): string {
  const code = text.charCodeAt(length - 1);
  const splitsPair = text.length > length && code >= 0xd800 && code <= 0xdbff;
  return text.slice(0, splitsPair ? length - 1 : length);
}

/** The payload with each text field of `fit` cut to the length that Salesforce takes. Other fields stay. */
export function fitPayload({ payload, fit }: ApiCallRequest): ApiCallRequest['payload'] {
  if (
    fit === undefined ||
    typeof payload !== 'object' ||
    payload === null ||
    Array.isArray(payload)
  ) {
    return payload;
  }
  return Object.fromEntries(
    Object.entries(payload).map(([field, value]) => {
      const length = Object.hasOwn(fit, field) ? fit[field] : undefined;
      return [
        field,
        typeof value === 'string' && length !== undefined ? cut(value, length) : value,
      ];
    }),
  );
}
