import { refusedFunctions } from '../../functions/salesforce-apicall/mapping/expression/functions.ts';

const jsonataFunctions = [
  ...['sum', 'count', 'max', 'min', 'average', 'string', 'substring', 'substringBefore'],
  ...['substringAfter', 'lowercase', 'uppercase', 'length', 'trim', 'pad', 'match', 'contains'],
  ...['replace', 'split', 'join', 'formatNumber', 'formatBase', 'formatInteger', 'parseInteger'],
  ...['number', 'floor', 'ceil', 'round', 'abs', 'sqrt', 'power', 'boolean', 'not', 'map', 'zip'],
  ...['filter', 'single', 'reduce', 'sift', 'keys', 'lookup', 'append', 'exists', 'spread'],
  ...['merge', 'reverse', 'each', 'error', 'assert', 'type', 'sort', 'distinct', 'base64encode'],
  ...['base64decode', 'encodeUrlComponent', 'encodeUrl', 'decodeUrlComponent', 'decodeUrl'],
  ...['toMillis', 'fromMillis', 'clone'],
];

/** The functions that expressions may use: JSONata's ("Function Library") and those of mappings. */
export const allowedFunctions: ReadonlySet<string> = new Set([
  ...jsonataFunctions,
  'phone',
  'date',
  'key',
]);

/** Why a function may not be used; `undefined`: it may, or there is none of this name. */
export const refusalOf = (name: string): string | undefined =>
  Object.hasOwn(refusedFunctions, name) ? refusedFunctions[name] : undefined;
