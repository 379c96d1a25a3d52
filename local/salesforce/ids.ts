const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Key prefixes of standard objects ("Standard Field Record ID Prefix Decoder"); custom objects count up from a00. */
const prefixes: Readonly<Record<string, string>> = {
  account: '001',
  contact: '003',
  lead: '00Q',
  opportunity: '006',
  case: '500',
  task: '00T',
  user: '005',
};

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

/** Ids in Salesforce's format: prefix of the object, instance, and a counter. */
export function createIds() {
  const custom = new Map<string, string>();
  let next = 0;
  const prefixOf = (sObject: string): string => {
    const key = sObject.toLowerCase();
    const known = prefixes[key] ?? custom.get(key);
    if (known !== undefined) return known;
    const prefix = `${key.endsWith('__e') ? 'e' : 'a'}${String(custom.size).padStart(2, '0')}`;
    custom.set(key, prefix);
    return prefix;
  };
  return (sObject: string): string => {
    next += 1;
    let number = '';
    for (let rest = next; number.length < 9; rest = Math.floor(rest / 62))
      number = BASE62[rest % 62] + number;
    return toLongId(`${prefixOf(sObject)}5g0${number}`);
  };
}
