import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../../build/mappings/compile.ts';

const HEAD = 'description: x\non: {source: [a], detail-type: [b]}\n';
const STEP = 'steps: [{create: Case, fields: {Subject: x}}]\n';
const create = (fields: string): string => `${HEAD}steps: [{create: Case, fields: ${fields}}]\n`;
const find = (rest: string): string => `${HEAD}steps: [{find: Case, as: c, ${rest}}]\n`;

const problemsIn = (source: string): string[] =>
  compileMapping('strange', source).problems.map(
    ({ line, column, place, message }) => `${line}:${column}: ${place}: ${message}`,
  );

const EMPTY = '1:1: : is not a map of keys — begin with npm run mappings -- new';

describe('a file that nobody would write on purpose', () => {
  it.each([
    [
      'an alias within its own anchor',
      `${HEAD}let: {a: &x [*x]}\n${STEP}`,
      'let.a[0]: is a YAML alias — write the value out, or name it in let',
    ],
    [
      'aliases that double',
      `${HEAD}let: {a: &a [1], b: &b [*a, *a], c: [*b, *b]}\n${STEP}`,
      'let.b[0]: is a YAML alias',
    ],
    [
      'a merge key',
      `${HEAD}steps:\n- &a {create: Case, fields: {}}\n- {<<: *a}\n`,
      'steps[1].<<: is a YAML alias',
    ],
    [
      'a second document',
      `${HEAD}${STEP}---\n${HEAD}${STEP}`,
      '4:1: : is a second document — write one mapping in a file',
    ],
    ['nothing', '', EMPTY],
    ['a comment only', '# x\n', EMPTY],
    ['a list', '- a\n', EMPTY],
    ['a text', 'hello', EMPTY],
    [
      'tabs',
      `${HEAD}steps:\n\t- create: Case\n`,
      '4:1: : Tabs are not allowed as indentation — correct the YAML',
    ],
    ['a duplicate key', `${HEAD}${STEP}${STEP}`, '4:1: : is a duplicate key — keep one of them'],
    [
      'a key of JavaScript',
      create('{__proto__: x}'),
      '3:33: steps[0].fields.__proto__: is not a name that can be used',
    ],
    ['a number as key', create('{1: x}'), '3:33: steps[0].fields.1: is not the name of a field'],
    ['no fields', create(''), 'steps[0].fields: is not a map of fields — write {Field: value}'],
    [
      'a field twice, written otherwise',
      create('{Subject: a, subject: b}'),
      'steps[0].fields.subject: is a field that is there already — keep one',
    ],
    [
      'NaN',
      create('{N__c: .nan}'),
      'YAML reads .nan as NaN, which no request can have — put it in quotes',
    ],
    [
      'a number that is too large',
      create('{N__c: 1e400}'),
      'YAML reads 1e400 as Infinity, which no request can have',
    ],
    [
      'a function',
      create("{N__c: '{% $uppercase %}'}"),
      'steps[0].fields.N__c: gives a function — call it with ()',
    ],
    [
      'a lambda',
      `${HEAD}let: {f: '{% function($x){$x} %}'}\n${STEP}`,
      'let.f: gives a function — call it with ()',
    ],
    ['a regular expression', create("{N__c: '{% /a/ %}'}"), 'gives a function — call it with ()'],
    [
      '3,000 parentheses',
      create(`{N__c: '{% ${'('.repeat(3_000)}1${')'.repeat(3_000)} %}'}`),
      'is nested too deeply — put parts of it into let',
    ],
    [
      '5,000 texts put together',
      create(`{N__c: '{% ${Array(5_000).fill('"a"').join(' & ')} %}'}`),
      'is nested too deeply',
    ],
    [
      '3,000 maps in each other',
      `${HEAD}let:\n  a: ${'{a: '.repeat(3_000)}1${'}'.repeat(3_000)}\n${STEP}`,
      'is nested too deeply',
    ],
    [
      'a variable that JavaScript has',
      `${HEAD}let: {hasOwnProperty: 1}\n${STEP}`,
      'let.hasOwnProperty: $hasOwnProperty has a meaning already',
    ],
    [
      'a condition on nothing',
      find('where: {X__c: null}'),
      'steps[0].where.X__c: is empty, and finds nothing — for records without a value, write filter: "X__c = null"',
    ],
    [
      'an alternative on nothing',
      find("where: [{X__c: 1}, {Y__c: ''}]"),
      'steps[0].where[1].Y__c: is empty, and finds nothing',
    ],
    [
      'an empty list of values',
      find('where: {X__c: []}'),
      'steps[0].where.X__c: is empty — write at least one value',
    ],
    [
      'a key that is empty',
      `${HEAD}steps: [{upsert: Case, by: {X__c: ''}, fields: {}}]\n`,
      'steps[0].by.X__c: is empty, which identifies no record',
    ],
    [
      'an empty filter',
      find("where: {X__c: 1}, filter: ''"),
      'steps[0].filter: is empty — write a SOQL condition, or leave it out',
    ],
    [
      'a filter that ends early',
      find('where: {X__c: 1}, filter: "A = 1) OR (B = 2"'),
      'steps[0].filter: has quotes or parentheses without an end',
    ],
    [
      'a filter with an open quote',
      find('where: {X__c: 1}, filter: "A = \'x"'),
      'steps[0].filter: has quotes or parentheses without an end',
    ],
    [
      'a source that is no text',
      `description: x\non: {source: [5], detail-type: [b]}\n${STEP}`,
      'on.source[0]: is not an exact text — write one such as github.com',
    ],
    [
      'a source with a comma',
      `description: x\non: {source: ['a,b'], detail-type: [b]}\n${STEP}`,
      "on.source[0]: has a comma or a blank at an end, which MappedSources and MappedDetailTypes can't have",
    ],
    [
      'a type with a blank at its end',
      `description: x\non: {source: [a], detail-type: ['b ']}\n${STEP}`,
      'on.detail-type[0]: has a comma or a blank at an end',
    ],
    [
      'a header that no call may have',
      `${HEAD}steps: [{create: Case, fields: {}, headers: {Authorization: x}}]\n`,
      'steps[0].headers.Authorization: must be an Sforce-… or If-… header',
    ],
    [
      'a step that needs itself',
      `${HEAD}steps: [{create: Case, as: me, fields: {A__c: '{% $me.Id %}'}}]\n`,
      '$me is the result of this or a later step',
    ],
    [
      'a pattern without values',
      `description: x\non: {source: [a], detail-type: [b], detail: {a: []}}\n${STEP}`,
      'on.detail.a: is not a list of values',
    ],
  ])('is refused with its place and what to do: %s', (_, source, problem) => {
    expect(problemsIn(source).join('\n')).toContain(problem);
  });

  it.each([
    ['a byte order mark', `\uFEFF${HEAD}${STEP}`],
    [
      'line ends of Windows',
      `${HEAD}steps:\n- create: Case\n  fields:\n    A__c: |-\n      {% detail.x &\n      "y" %}\n`.replaceAll(
        '\n',
        '\r\n',
      ),
    ],
    ['an anchor that nothing names', `${HEAD}let: {a: &x {b: 1}}\n${STEP}`],
    [
      'a filter with parentheses in a text',
      find("where: {X__c: 1}, filter: \"Name = 'it\\\\'s :(' AND (A = 1)\""),
    ],
    ['a function that is called', create("{N__c: '{% $uppercase(detail.x) %}'}")],
    [
      'a result that is named like a function',
      `${HEAD}steps: [{create: Case, as: now, fields: {}}]\n`,
    ],
  ])('is read: %s', (_, source) => {
    expect(problemsIn(source)).toEqual([]);
  });
});
