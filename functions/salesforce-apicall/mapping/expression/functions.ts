import { isExactNumber } from '#common/json.ts';
import { FunctionError, LimitError } from '../errors.ts';
import { dateIn } from './date.ts';
import { requireText, SEQUENCE } from './limits.ts';
import { toBoundedJson } from './values.ts';

/** JSONata's functions whose result depends on more than the event, or that evaluate text; name → what to use instead. */
export const refusedFunctions: Readonly<Record<string, string>> = {
  now: 'use time, the time of the event: a retry must give the same',
  millis: 'use $toMillis(time): a retry must give the same',
  random: 'use a value of the event: a retry must give the same',
  shuffle: 'use $sort: a retry must give the same order',
  uuid: 'use id, the id of the event, or $key(): a retry must give the same',
  eval: 'write the expression out: it cannot be checked inside a text',
};

/** 120 kB, most of them numbering plans: loaded by the first expression that needs them, before its time begins. */
export const loadPhone = () => import('./phone.ts');

/** What JSONata passes as `this` to an implementation. */
type Implementation = (this: unknown, ...args: unknown[]) => unknown;

interface Registration {
  readonly name: string;
  readonly implementation: Implementation;
  /** JSONata's notation of the arguments' and the result's types. */
  readonly signature?: string;
}

/** JSONata's own implementation of a function, which ours bound. */
export type BuiltIn = (name: string) => Implementation;

function $string(this: unknown, value: unknown, isPretty: unknown): unknown {
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'function') return '';
  // JSON has more digits than JSONata shows: 0.1 + 0.2 is 0.3.
  if (typeof value === 'number' && Number.isFinite(value) && !Number.isInteger(value))
    return String(Number(value.toPrecision(15)));
  const text = toBoundedJson(value, isPretty === true ? 2 : 0);
  requireText(text.length);
  return text;
}

const lengthOf = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? value.length : 0;

const boundedFunctions = (builtIn: BuiltIn): readonly Registration[] => {
  const bounded = (
    name: string,
    signature: string,
    check: (...args: readonly unknown[]) => void,
  ): Registration => {
    const original = builtIn(name);
    return {
      name,
      signature,
      implementation(...args) {
        check(...args);
        return original.apply(this, args);
      },
    };
  };
  return [
    bounded('pad', '<s-ns?:s>', (_text, width) => requireText(Math.abs(Number(width ?? 0)))),
    bounded('join', '<a<s>s?:s>', (texts, separator) => {
      if (!Array.isArray(texts)) return;
      const length = texts.reduce((sum: number, text) => sum + lengthOf(text), 0);
      requireText(length + texts.length * lengthOf(separator));
    }),
    bounded('clone', '<(oa)-:o>', (value) => void toBoundedJson(value, 0)),
  ];
};

/** What it makes grows by reference, so that its length can be checked afterwards. */
const replaceFunction = (builtIn: BuiltIn): Registration => {
  const original = builtIn('replace');
  return {
    name: 'replace',
    signature: '<s-(sf)(sf)n?:s>',
    async implementation(...args) {
      const text = await original.apply(this, args);
      requireText(lengthOf(text));
      return text;
    },
  };
};

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return String(one) < String(other) ? -1 : Number(one !== other);
}

/** JSONata's own default comparison awaits every step, and exhausts the memory for 100,000 numbers. */
const sortFunction = (builtIn: BuiltIn): Registration => {
  const original = builtIn('sort');
  return {
    name: 'sort',
    signature: '<af?:a>',
    implementation(values, comparator) {
      if (!Array.isArray(values)) return values;
      if (values.length > SEQUENCE)
        throw new LimitError(`sorts a list of more than ${SEQUENCE} elements`);
      if (comparator !== undefined) return original.call(this, values, comparator);
      const type = typeof values[0];
      const isSortable = type === 'string' || type === 'number';
      if (!isSortable || values.some((value) => typeof value !== type))
        throw new FunctionError('$sort needs a list of texts or of numbers, or a function');
      return values.toSorted(compare);
    },
  };
};

/** `$number` rounds a number of more than 15 digits, which nothing else does. */
const numberFunction = (builtIn: BuiltIn): Registration => {
  const original = builtIn('number');
  return {
    name: 'number',
    signature: '<(nsbo)-:n>',
    implementation(value, ...rest) {
      if (isExactNumber(value)) return Number(JSON.stringify(value));
      if (typeof value === 'object' && value !== null)
        throw new FunctionError('$number needs a text, a number or a boolean');
      return original.call(this, value, ...rest);
    },
  };
};

const typeFunction = (builtIn: BuiltIn): Registration => {
  const original = builtIn('type');
  return {
    name: 'type',
    signature: '<x:s>',
    implementation(value) {
      return isExactNumber(value) ? 'number' : original.call(this, value);
    },
  };
};

const refuse = ([name, instead]: [string, string]): Registration => ({
  name,
  implementation: () => {
    throw new FunctionError(`$${name} cannot be used in a mapping: ${instead}`);
  },
});

/** What is registered with every expression: functions of ours, bounded ones of JSONata, and refused ones. */
export const registrations = (builtIn: BuiltIn): readonly Registration[] => [
  {
    name: 'phone',
    implementation: async (text, country) => (await loadPhone()).phoneSpellings(text, country),
  },
  { name: 'date', implementation: dateIn },
  { name: 'string', implementation: $string, signature: '<x-b?:s>' },
  ...boundedFunctions(builtIn),
  replaceFunction(builtIn),
  sortFunction(builtIn),
  numberFunction(builtIn),
  typeFunction(builtIn),
  ...Object.entries(refusedFunctions).map(refuse),
];
