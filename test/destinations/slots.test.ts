import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fields } from '../template/template.ts';
import { deployed, propertiesOf, targetOf } from './http-template.ts';
import { basic, oauth } from './parameter-sets.ts';

describe('slots', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const kinds = ['Header', 'Query', 'Body'];
  const all = Object.fromEntries([
    ...kinds.flatMap((kind) =>
      numbers(4).flatMap((n) => [
        [`${kind}Name${n}`, `${kind}-${n}`],
        [`${kind}Value${n}`, `value ${n}`],
      ]),
    ),
    ...numbers(8).map((n) => [`Path${n}`, `$.detail.path${n}`]),
    ...numbers(4).map((n) => [`PathParameter${n}`, `$.detail.parameter${n}`]),
  ]);
  const { resources } = deployed({ ...basic, ...all, InputTemplate: '{"all": <p1>}' });

  it.each(kinds)('of kind %s each set one parameter', (kind) => {
    const { InvocationHttpParameters } = fields(
      propertiesOf(resources, 'Connection')['AuthParameters'],
    );
    const key = kind === 'Query' ? 'QueryStringParameters' : `${kind}Parameters`;
    expect(fields(InvocationHttpParameters)[key]).toEqual(
      numbers(4).map((n) => ({ Key: `${kind}-${n}`, Value: `value ${n}`, IsValueSecret: false })),
    );
  });

  it.each(kinds.flatMap((kind) => numbers(4).map((n) => [kind, n] as const)))(
    '%s %i alone sets one parameter',
    (kind, n) => {
      const alone = { [`${kind}Name${n}`]: 'name', [`${kind}Value${n}`]: 'value' };
      const connection = propertiesOf(deployed({ ...basic, ...alone }).resources, 'Connection');
      const parameters = fields(fields(connection['AuthParameters'])['InvocationHttpParameters']);
      expect(Object.values(parameters).flat()).toEqual([
        { Key: 'name', Value: 'value', IsValueSecret: false },
      ]);
    },
  );

  it.each([
    ['DestinationRule', '$.detail'],
    ['DestinationRedriveRule', '$.detail.event.detail'],
  ])('of paths are read by %s from its event', (rule, start) => {
    const target = targetOf(resources, rule);
    expect(fields(target['InputTransformer'])['InputPathsMap']).toEqual(
      Object.fromEntries(numbers(8).map((n) => [`p${n}`, `${start}.path${n}`])),
    );
    expect(fields(target['HttpParameters'])['PathParameterValues']).toEqual(
      numbers(4).map((n) => `${start}.parameter${n}`),
    );
  });
});

describe('paths of the redrive rule', () => {
  const step = fc.oneof(
    fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,8}$/).map((name) => `.${name}`),
    fc.nat(9).map((index) => `[${index}]`),
  );
  const path = fc
    .tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.array(step, { maxLength: 4 }))
    .map(([first, rest]) => `$.${first}${rest.join('')}`);

  it('are the paths of the rule inside the wrapped event, for any path', () => {
    const check = (one: string, two: string): void => {
      const { resources, refusals } = deployed({
        ...oauth,
        PathParameter1: one,
        Path8: two,
        InputTemplate: '{"all": <p8>}',
      });
      expect(refusals).toEqual([]);
      const inside = (rule: unknown): unknown =>
        JSON.parse(JSON.stringify(rule).replaceAll('"$.', '"$.detail.event.'));
      expect(targetOf(resources, 'DestinationRedriveRule')).toEqual(
        inside(targetOf(resources, 'DestinationRule')),
      );
    };
    fc.assert(fc.property(path, path, check), { numRuns: 50 });
  });
});
