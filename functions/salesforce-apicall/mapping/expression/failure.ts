import { FunctionError, LimitError, MappingError, type MappingErrorCode } from '../errors.ts';
import { EXPRESSION_MS, SEQUENCE, STACK } from './limits.ts';

/** An error as JSONata throws it: not an `Error`. */
interface JsonataError {
  readonly code: string;
  readonly message: string;
  /** What it quotes of the event. */
  readonly value?: unknown;
  readonly value2?: unknown;
  /** A function or operator of the expression. */
  readonly token?: unknown;
}

const isJsonataError = (error: unknown): error is JsonataError =>
  typeof Object(error).code === 'string' && typeof Object(error).message === 'string';

const tooLong = `makes a list of more than ${SEQUENCE} elements`;
const LIMITS: Readonly<Record<string, readonly [MappingErrorCode, string]>> = {
  D1011: ['MAPPING_LIMIT', `calls itself, or nests, more than ${STACK} levels deep`],
  D1012: ['MAPPING_TIMEOUT', `ran longer than ${EXPRESSION_MS} ms`],
  D2014: ['MAPPING_LIMIT', tooLong],
  D2015: ['MAPPING_LIMIT', tooLong],
};

/** Errors of a number where JSONata sees none, because it is one of more than 15 digits. */
const NUMBERS = new Set(['T2001', 'T2002', 'T2009', 'T2010', 'D1002', 'T0410', 'T0411', 'T0412']);

/** Of `$error` and `$assert`, whose messages the mapping itself writes. */
const OWN_MESSAGES = new Set(['D3137', 'D3141']);
const MAX_MESSAGE = 300;

/** Errors of arguments' types, whose texts quote an argument's position, but not its value. */
const QUOTES_NO_VALUE = /^T04/;

function withoutValues({ code, message, value, value2 }: JsonataError): string {
  if (QUOTES_NO_VALUE.test(code)) return message;
  return [value, value2].reduce<string>((text, quoted) => {
    const json = JSON.stringify(quoted);
    return quoted === undefined || json === undefined ? text : text.replaceAll(json, '…');
  }, message);
}

function messageOf(error: JsonataError, sawExactNumber: boolean): string {
  if (OWN_MESSAGES.has(error.code)) return error.message.slice(0, MAX_MESSAGE);
  const of = typeof error.token === 'string' ? ` (at ${error.token})` : '';
  const hint =
    sawExactNumber && NUMBERS.has(error.code)
      ? '; arithmetic on a number of more than 15 digits would lose some: round it with $number first'
      : '';
  return `${withoutValues(error)}${of}${hint}`;
}

/**
 * The failure of an expression, without what JSONata quotes of the event.
 *
 * @param sawExactNumber whether the expression met a number of more than 15 digits.
 */
export function toMappingError(
  error: unknown,
  place: string,
  sawExactNumber: boolean,
): MappingError {
  if (error instanceof MappingError) return error;
  const at = { place };
  if (error instanceof LimitError) return new MappingError('MAPPING_LIMIT', at, error.message);
  if (error instanceof FunctionError)
    return new MappingError('MAPPING_EXPRESSION', at, error.message);
  if (!isJsonataError(error)) {
    const name = error instanceof Error ? error.name : typeof error;
    return new MappingError('MAPPING_LIMIT', at, `could not be evaluated (${name})`, error);
  }
  const [code, message] = LIMITS[error.code] ?? [
    'MAPPING_EXPRESSION',
    messageOf(error, sawExactNumber),
  ];
  return new MappingError(code, at, message);
}
