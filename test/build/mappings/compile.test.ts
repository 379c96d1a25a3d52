import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../../build/mappings/compile.ts';

const HEAD = `description: A bug
on: {source: [github.com], detail-type: [issues]}
`;

const mappingOf = (source: string) => {
  const { mapping, problems } = compileMapping('bugs', source);
  expect(problems).toEqual([]);
  return mapping;
};

const create = (value: string) => `- create: Case\n  fields: {Subject: ${value}}\n`;

describe('a mapping compiles', () => {
  it('with its defaults', () => {
    expect(mappingOf(`${HEAD}steps:\n${create('Hello')}`)).toEqual({
      name: 'bugs',
      description: 'A bug',
      priority: 'normal',
      on: { source: ['github.com'], 'detail-type': ['issues'] },
      let: [],
      steps: [
        {
          verb: 'create',
          name: 'create-Case',
          object: 'Case',
          nulls: 'clear',
          fields: { Subject: { constant: 'Hello' } },
        },
      ],
    });
  });

  it('with names of steps that are unique', () => {
    const steps = `${create('a')}${create('b')}- create: Case\n  as: third\n  fields: {}\n${create('c')}`;
    const call =
      "- call: {action: POST, resource: composite}\n- call: {action: POST, resource: '{% x %}'}\n";
    expect(mappingOf(`${HEAD}steps:\n${steps}${call}`)?.steps.map(({ name }) => name)).toEqual([
      'create-Case',
      'create-Case-2',
      'third',
      'create-Case-3',
      'call-composite',
      'call',
    ]);
  });

  it('with what finds select, and an order that ends with Id', () => {
    const find = `- find: Contact
  as: c
  where: [{Email: a, phone: b}, {Phone: c}]
  select: [Name, Account.Name, email]
  order: Name ASC, CreatedDate DESC NULLS LAST
`;
    expect(mappingOf(`${HEAD}steps:\n${find}`)?.steps[0]).toMatchObject({
      select: ['Id', 'Name', 'Account.Name', 'email', 'phone', 'CreatedDate'],
      order: 'Name ASC, CreatedDate DESC NULLS LAST, Id',
      many: 'fail',
      none: 'continue',
      where: [{ Email: { constant: 'a' }, phone: { constant: 'b' } }, { Phone: { constant: 'c' } }],
    });
  });

  it('with expressions in blocks, templates, and parents', () => {
    const source = `${HEAD}let:
  table: {a: 1, b: [2, '{% detail.b %}']}
steps:
- call:
    action: PUT
    resource: apexrest
    payload: {plain: {x: [1]}, of: '{% $table.a %}'}
- create: Case
  fields:
    Contact: {Ext__c: '{% detail.id %}'}
    Subject: |
      {% detail.a
         & "x" %}
`;
    const mapping = mappingOf(source);
    expect(mapping?.let[0]?.value).toEqual({
      map: {
        a: { constant: 1 },
        b: { list: [{ constant: 2 }, { source: 'detail.b', place: 'let.table.b[1]' }] },
      },
    });
    expect(mapping?.steps[0]).toMatchObject({
      request: {
        payload: {
          map: { plain: { constant: { x: [1] } }, of: { source: '$table.a', place: 'payload.of' } },
        },
      },
    });
    expect(mapping?.steps[1]).toMatchObject({
      fields: {
        Contact: { parent: { field: 'Ext__c', value: { source: 'detail.id' } } },
        Subject: { source: 'detail.a\n   & "x"', place: 'fields.Subject' },
      },
    });
  });

  it('with every way to use variables', () => {
    mappingOf(`${HEAD}key: '{% detail.id %}'
let: {a: 1, b: '{% $a & $key() %}'}
steps:
- find: Contact
  as: people
  where: {Email: '{% detail.email %}'}
  select: [Account.Name]
  many: all
- update: Case
  as: done
  each: '{% $people %}'
  id: '{% $item.Id %}'
  when: '{% $index < 5 and ($x := 1; $map([1], function($v, $i) { $v + $i + $x })) %}'
  fields: {Subject: '{% $people[0].Account.Name & $people.Email & $b %}'}
- delete: Task
  id: '{% $done[0].Id %}'
  unless: '{% detail.items@$l#$n.($l.id = $n) or $done.created or detail.\`detail-type\` %}'
- create: Task
  fields: {Subject: '{% $fromMillis($toMillis(time), "[Y]") & (time ~> $toMillis("[Y]")) %}'}
`);
  });
});
