const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The three characters that make a 15-character id unique regardless of case. */
export function checksum(id: string): string {
  return [0, 5, 10]
    .map((start) => {
      const bits = [...id.slice(start, start + 5)].reduce(
        (sum, letter, index) => sum + (/[A-Z]/.test(letter) ? 1 << index : 0),
        0,
      );
      return ALPHABET[bits];
    })
    .join('');
}

/** The 18-character form of an id given in either form. */
export const toLongId = (id: string): string => (id.length === 15 ? id + checksum(id) : id);

export const isId = (text: string): boolean =>
  /^[A-Za-z0-9]{15}$/.test(text) ||
  (/^[A-Za-z0-9]{18}$/.test(text) && checksum(text.slice(0, 15)) === text.slice(15));

/** Key prefixes of custom objects: a00, a01, and so on; of platform events e00… */
export function createPrefixes() {
  let next = 0;
  return (sObject: string): string => {
    const number = BASE62.charAt(Math.floor(next / 62) % 62) + BASE62.charAt(next % 62);
    next += 1;
    return (/__e$/i.test(sObject) ? 'e' : 'a') + number;
  };
}

/** Ids of record types that a schema file does not give one. */
export function createRecordTypeIds() {
  let next = 0;
  return (): string => {
    next += 1;
    return toLongId(`0125g0000000${String(next).padStart(3, '0')}`);
  };
}

/** Ids in Salesforce's format: key prefix of the object, instance, and a counter. */
export function createIds() {
  // Lower numbers are those of the records that a new org has (seed.ts).
  let next = 100;
  return (keyPrefix: string): string => {
    next += 1;
    let number = '';
    for (let rest = next; number.length < 9; rest = Math.floor(rest / 62))
      number = BASE62.charAt(rest % 62) + number;
    return toLongId(`${keyPrefix}5g0${number}`);
  };
}
