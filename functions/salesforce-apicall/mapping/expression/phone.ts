import {
  type CountryCode,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { FunctionError } from '../errors.ts';

/** What can separate the groups of a number in the ways people type it. */
const separated = (groups: readonly string[]): string[] =>
  [' ', '-', '.'].map((separator) => groups.join(separator));

const groupsOf = (text: string): string[] => text.split(/[^\d+]+/).filter((group) => group !== '');

function spellingsOf(number: PhoneNumber): string[] {
  const { countryCallingCode: code, nationalNumber } = number;
  const international = number.formatInternational();
  const national = number.formatNational();
  const groups = groupsOf(international);
  const [, ...rest] = groups;
  return [
    number.number,
    international,
    national,
    ...separated(groups),
    ...separated(groupsOf(national)),
    national.replaceAll(/\D/g, ''),
    nationalNumber,
    `${code}${nationalNumber}`,
    `00${code}${nationalNumber}`,
    `00${code} ${rest.join(' ')}`,
    `+${code} ${national}`,
    `${code} ${national}`,
    `${code}-${rest.join('-')}`,
  ];
}

const isCountry = (value: unknown): value is CountryCode =>
  typeof value === 'string' && isSupportedCountry(value);

/**
 * The spellings under which a phone number may stand in a record: E.164, international, national, with and without
 * separators. A text that is no phone number is its own only spelling; nothing has none.
 *
 * @param country ISO 3166-1 alpha-2, for numbers without `+`.
 * @throws FunctionError when the number is not a text, or the country not one that libphonenumber knows.
 */
export function phoneSpellings(text: unknown, country?: unknown): string[] | undefined {
  if (text === undefined || text === null) return undefined;
  if (typeof text !== 'string') throw new FunctionError('$phone needs a text: use $string first');
  if (text.trim() === '') return undefined;
  if (country !== undefined && !isCountry(country))
    throw new FunctionError('$phone needs a country such as "US" as its second argument');
  // Longer texts are searched for a number.
  const number = parsePhoneNumberFromString(text.slice(0, 250), country);
  return number === undefined ? [text.trim()] : [...new Set([...spellingsOf(number), text.trim()])];
}
