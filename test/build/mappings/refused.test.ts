import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../../build/mappings/compile.ts';
import { formatProblem } from '../../../build/mappings/read.ts';

const HEAD = `description: A bug
on: {source: [github.com], detail-type: [issues]}
`;

/** The problems of a mapping, as the build prints them. */
const problemsOf = (source: string): string[] =>
  compileMapping('bugs', source).problems.map((problem) => formatProblem('bugs.yaml', problem));

const ofSteps = (steps: string, head = HEAD): string[] => problemsOf(`${head}steps:\n${steps}`);
const create = (value: string) => `- create: Case\n  fields: {Subject: ${value}}\n`;

describe('a mapping is refused', () => {
  it.each([
    ['', 'bugs.yaml:1:1: is missing — '],
    ['description: x', 'bugs.yaml:1:1: on: is missing'],
    [`${HEAD}steps: []`, 'bugs.yaml:3:8: steps: is empty — write at least one step'],
    [`${HEAD}step: []`, 'bugs.yaml:3:1: step: is an unknown key — did you mean steps?'],
    [
      `${HEAD}priority: high\nsteps: [{create: A, fields: {}}]`,
      'priority: is not one of normal, low',
    ],
    [`${HEAD}description: y\n`, 'bugs.yaml:3:1: is a duplicate key — keep one of them'],
    [
      `${HEAD}let: {a: &x 1, b: *x}\n`,
      'bugs.yaml:3:19: let.b: is a YAML alias — write the value out',
    ],
    [`${HEAD}let: {a: !Ref x}\n`, 'let: {a'],
    [`${HEAD}let: {key: 1}\n`, 'let.key: $key has a meaning already — choose another name'],
    [`${HEAD}let: {a: 1\n`, 'correct the YAML'],
    [
      `${HEAD}let:\n  a: {% detail.a %}\n`,
      "bugs.yaml:4:7: is an expression without quotes — write '{% … %}' for the whole value",
    ],
    [`${HEAD}let:\n  a: Bug {% detail.a %}: x\n`, 'is an expression without quotes'],
    ['description: x\non: {source: a, detail-type: b}', 'write one such as [github.com]'],
    [
      'description: x\non: {source: [a]}',
      'on.detail-type: is missing — write one such as [Order Placed]',
    ],
    [
      `${HEAD}steps: [{create: A, fields: {B: c}, fit: {B: long}}]`,
      'fit.B: is not a length — write a whole number from 1',
    ],
  ])('%j', (source, message) => {
    const all = problemsOf(source);
    if (source.includes('!Ref')) expect(all.join('\n')).toContain('YAML');
    else
      expect(all.join('\n')).toContain(
        message.replace(/^bugs.yaml:1:1: is missing — $/, 'bugs.yaml:1:1: '),
      );
  });

  it.each([
    ['+14155550123', '14155550123 — put it in quotes'],
    ['0042', '42 — put it in quotes'],
    ['1.50', '1.5 —'],
    ['12345678901234567890', '12345678901234567000'],
    ['0x1f', '31'],
  ])('for the number %s', (number, message) => {
    expect(ofSteps(create(number))).toEqual([
      expect.stringContaining(
        `steps[0].fields.Subject: YAML reads ${number} as the number ${message}`,
      ),
    ]);
  });

  it.each(['42', '-1.5', "'+1415'", '"0042"', 'true', 'null'])('but not for %s', (value) => {
    expect(ofSteps(create(value))).toEqual([]);
  });

  it.each([
    ["'Bug: {% detail.a %}'", 'mixes text with {% %} — write the whole value'],
    ["'{% detail.a %} {% detail.b %}'", 'mixes text with {% %}'],
    ["'{% detail.a'", 'mixes text with {% %}'],
    ["'{% detail.( %}'", 'before end of expression — correct the expression'],
    ["'{% $severty %}'", '$severty is not defined — did you mean $severity?'],
    ["'{% $upercase(detail.a) %}'", '$upercase is not defined — did you mean $uppercase?'],
    ["'{% uppercase(detail.a) %}'", 'uppercase(…) is not a function — did you mean $uppercase(…)?'],
    ["'{% $reporter.Id %}'", '$reporter is not defined'],
    ["'{% $item.a %}'", '$item is not defined'],
    ["'{% $now() %}'", '$now cannot be used in a mapping — use time'],
    ["'{% $map([1], $random) %}'", '$random cannot be used in a mapping'],
    ["'{% $eval(detail.code) %}'", '$eval cannot be used in a mapping'],
    ["'{% detail-type %}'", 'write it in backticks: `detail-type`'],
    ['\'{% $replace(detail.a, /(?=x)/, "") %}\'', '/(?=x)/ is not a regular expression of RE2'],
    ["'{% $match(detail.a, /(a)\\1/) %}'", 'is not a regular expression of RE2'],
    ["'{% $contains(a, /(aaa){0,900}/) %}'", 'too large a regular expression'],
    ["'{% $fromMillis(1, detail.picture) %}'", '$fromMillis takes constant texts'],
    ['\'{% $date(time, "Vienna") %}\'', '"Vienna" is not a time zone'],
    ["'{% detail.id = 12345678901234567 %}'", 'more than 15 digits'],
  ])('for the value %s', (value, message) => {
    const head = `${HEAD}let: {severity: {a: b}}\n`;
    expect(ofSteps(create(value), head)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['- Case', 'steps[0]: has no verb — there are find, create, upsert'],
    ['- {creat: Case}', 'steps[0]: has no verb — did you mean create?'],
    ['- {insert: Case}', 'steps[0]: has no verb — did you mean create?'],
    [
      '- {create: Case, update: Case, fields: {}}',
      'has the verbs create and update — write two steps',
    ],
    ['- {create: Case}', 'steps[0].fields: is missing'],
    ['- {create: "My Case", fields: {}}', 'steps[0].create: is not the name of an object'],
    [
      '- {create: Case, fields: {}, field: {}}',
      'steps[0].field: is an unknown key — did you mean fields?',
    ],
    ['- {create: Case, fields: {"a b": 1}}', 'steps[0].fields.a b: is not the name of a field'],
    [
      '- {create: Case, fields: {A: [1]}}',
      'steps[0].fields.A: is not a value or {External_Id__c: value}',
    ],
    [
      '- {create: Case, fields: {A: {b: 1, c: 2}}}',
      'is not a parent — write one external id field',
    ],
    [
      '- {create: Case, fields: {}, when: true}',
      "steps[0].when: is not an expression — write '{% … %}'",
    ],
    ['- {create: Case, fields: {A: 1}, once: a}', 'steps[0].fields.A: is the field of once'],
    [
      '- {create: Case, fields: {A: x}, fit: {B: 1}}',
      'steps[0].fit.B: is not one of fields — did you mean A?',
    ],
    ['- {create: Case, fields: {A: x}, fit: {A: 0}}', 'steps[0].fit.A: is not a length'],
    ["- {create: Case, fields: {}, item-key: '{% 1 %}'}", 'item-key: is of no use without each'],
    ['- {upsert: Case, fields: {}}', 'steps[0]: needs one of by and id'],
    ['- {update: Case, fields: {}, id: a, by: {E: 1}}', 'needs one of by and id'],
    ['- {upsert: Case, by: {E: 1, F: 2}, fields: {}}', 'steps[0].by: is not one external id field'],
    ['- {upsert: Case, by: {E: 1}, fields: {e: 1}}', 'steps[0].fields.e: is the field of by'],
    ['- {delete: Case}', 'needs one of by and id'],
    ['- {find: Contact, where: {A: 1}}', 'steps[0].as: is missing'],
    ['- {find: Contact, as: c}', 'steps[0].where: is missing'],
    ['- {find: Contact, as: c, where: {}}', 'steps[0].where: is empty — name at least one field'],
    ['- {find: Contact, as: c, where: {A: 1}, many: first}', 'many: needs an order'],
    ['- {find: Contact, as: c, where: {A: 1}, order: "Name; DROP"}', 'order: is not an order'],
    ["- {find: Contact, as: c, where: {A: 1}, filter: '{% x %}'}", 'filter: is a constant'],
    ['- {call: {action: FETCH, resource: sobjects}}', 'call.action: is not one of GET, POST'],
    [
      '- {call: {action: GET, resource: sobjects, objekt: A}}',
      'call.objekt: is an unknown key — did you mean object?',
    ],
    [
      "- {create: Case, as: c, fields: {A: '{% $c.Id %}'}}",
      '$c is the result of this or a later step',
    ],
    [
      '- {create: Case, as: c, fields: {}}\n- {create: Case, as: c, fields: {}}',
      '$c is defined twice',
    ],
    ['- {create: Case, as: item, fields: {}}', '$item has a meaning already'],
    [
      "- {create: Case, as: c, fields: {}}\n- {create: Case, fields: {A: '{% $c.Name %}'}}",
      '$c has no Name — the result of a write has Id and created',
    ],
    [
      "- {find: Contact, as: c, where: {Email: 1}, select: [Name]}\n- {create: Case, fields: {A: '{% $c.Phone %}'}}",
      'Phone is not a field that $c selects',
    ],
    [
      "- {find: Contact, as: c, where: {Email: 1}, select: [Name]}\n- {create: Case, fields: {A: '{% $c.name %}'}}",
      '$c selects Name, not name',
    ],
  ])('for the step %s', (step, message) => {
    expect(ofSteps(step).join('\n')).toContain(message);
  });

  it.each([
    ['{source: [], detail-type: [a]}', 'on.source: is empty'],
    ['{source: [a]}', 'on.detail-type: is missing'],
    ['{source: [{prefix: a}], detail-type: [a]}', 'on.source[0]'],
    [
      '{source: [salesforce-eventbridge], detail-type: [a]}',
      'on.source[0]: is a source of this stack',
    ],
    ['{source: [salesforce-eventbridge.redrive], detail-type: [a]}', 'is a source of this stack'],
    ['{source: [a], detail-type: [io.triggermesh.salesforce.apicall]}', 'is a type of this stack'],
    [
      '{source: [a], detail-type: [io.triggermesh.salesforce.apicall.response]}',
      'is a type of this stack',
    ],
    ['{source: [a], detail-type: [issues.claim-check]}', 'is matched by issues, too — name that'],
    ['{source: [a], detail-type: [a], resources: [b]}', 'on.resources: is an unknown key'],
    [
      '{source: [a], detail-type: [a], detail: {a: opened}}',
      'on.detail.a: is not a list of values',
    ],
    [
      '{source: [a], detail-type: [a], detail: {a: [{cidr: 10.0.0.0/8}]}}',
      'on.detail.a[0]: is not supported (cidr) — prefix, suffix',
    ],
    [
      '{source: [a], detail-type: [a], detail: {a: [{prefix: {equals-ignore-case: b}}]}}',
      'write {prefix: text}',
    ],
    ['{source: [a], detail-type: [a], detail: {a: [{numeric: [">"]}]}}', 'is not a range'],
    ['{source: [a], detail-type: [a], detail: {a: [{numeric: [">", 1e12]}]}}', 'number'],
    ['{source: [a], detail-type: [a], detail: {a: [{wildcard: "a**"}]}}', 'has two * in a row'],
    [
      '{source: [a], detail-type: [a], detail: {a: [{wildcard: "a\\\\b"}]}}',
      'write \\\\ for a backslash',
    ],
    [
      '{source: [a], detail-type: [a], detail: {a: [{anything-but: [a, 1]}]}}',
      'is not a list of texts, or of numbers',
    ],
    ['{source: [a], detail-type: [a], detail: {a: [{exists: "yes"}]}}', 'is not true or false'],
    ['{source: [a], detail-type: [a], detail: {"a.b": [1]}}', 'has a dot in its name'],
    [
      '{source: [a], detail-type: [a], detail: {a: [1], $or: [{a: [2]}, {b: [3]}]}}',
      'is beside $or, too',
    ],
    ['{source: [a], detail-type: [a], detail: {$or: [{b: [3]}]}}', 'is not a list of patterns'],
    ['{source: [a], detail-type: [a], detail: {a: {}}}', 'is empty'],
  ])('for on: %s', (on, message) => {
    expect(ofSteps(create('a'), `description: x\non: ${on}\n`).join('\n')).toContain(message);
  });

  it('with all of its errors at once, each with its line and column', () => {
    const steps = `- create: Case
  fields:
    Subject: '{% $tile %}'
    Description: >-
      {% detail.a &
      $now() %}
- upsert: Bug__c
  by: {Ext__c: 0042}
  fieldz: {}
  fields: {A: "{% detail-type %}"}
`;
    expect(ofSteps(steps)).toEqual([
      expect.stringContaining('bugs.yaml:6:18: steps[0].fields.Subject: $tile is not defined'),
      expect.stringContaining('bugs.yaml:7:18: steps[0].fields.Description: $now cannot'),
      expect.stringContaining('bugs.yaml:11:16: steps[1].by.Ext__c: YAML reads 0042'),
      expect.stringContaining(
        'bugs.yaml:12:3: steps[1].fieldz: is an unknown key — did you mean fields?',
      ),
    ]);
  });
});
