import { LimitError } from '../errors.ts';

/** One expression, in milliseconds of wall clock. */
export const EXPRESSION_MS = 250;
/** Nested evaluations of one expression. */
export const STACK = 200;
/** Elements of an array that an expression makes. */
export const SEQUENCE = 10_000;
/** UTF-16 code units of a text that an expression makes: Salesforce's longest text ("Long Text Area"). */
export const TEXT = 131_072;
/** Levels of what an expression gives. */
export const DEPTH = 50;
/** UTF-16 code units of what one expression gives, counted as often as a text is referred to. */
export const RESULT = 4_194_304;
/** What a value that is no text counts: 262,144 of them are the most. */
export const VALUE = 16;
/** A regular expression's size in RE2's instructions, times the text's length: about one second at worst, as measured on one 3 GHz core. */
export const REGEX_STEPS = 8_388_608;

/** @throws LimitError when a text of this length is more than an expression may make. */
export function requireText(length: number): void {
  if (length > TEXT) throw new LimitError(`makes a text of more than ${TEXT} characters`);
}

/** @throws LimitError when an array of this length is more than an expression may make. */
export function requireSequence(length: number): void {
  if (length > SEQUENCE) throw new LimitError(`makes a list of more than ${SEQUENCE} elements`);
}
