import { describe, expect, it } from 'vitest';
import { loggableId } from '../../../functions/common/logger.ts';
import { checkEmf } from '../../template/emf.ts';
import { emitted } from '../../template/emitted.ts';
import { fields, list } from '../../template/template.ts';

const withMetrics = emitted.lines.filter((line) => '_aws' in line);

describe('the lines of all functions on all paths', () => {
  it.each(withMetrics.map((line) => [String(line['message']), line] as const))(
    '"%s" is a valid document of the embedded metric format',
    (_message, line) => expect(() => checkEmf(line)).not.toThrow(),
  );

  it('are log records as well, so that no metric has a line of its own', () => {
    for (const line of withMetrics)
      expect(line).toMatchObject({
        level: expect.any(String),
        message: expect.any(String),
        timestamp: expect.stringMatching(/^2\d{3}-/),
        service: expect.any(String),
      });
  });

  it('have the dimension service in each set, except for what adds up all functions', () => {
    const directives = withMetrics
      .flatMap((line) => list(fields(line['_aws'])['CloudWatchMetrics']))
      .map(fields);
    const dimensionsOf = ({ Dimensions }: (typeof directives)[number]) =>
      list(Dimensions).map(list);
    const stackWide = directives.filter((one) => dimensionsOf(one).some((set) => set.length === 0));
    for (const { Dimensions, Metrics } of stackWide)
      expect([Dimensions, Metrics]).toEqual([[[]], [{ Name: 'DeliveryFailed', Unit: 'Count' }]]);
    const others = directives.filter((one) => !stackWide.includes(one));
    for (const set of others.flatMap(dimensionsOf)) expect(set).toContain('service');
  });
});

describe('the check of the embedded metric format', () => {
  const [line = {}] = withMetrics;
  const directive = { Namespace: 'n', Dimensions: [['service']], Metrics: [] };
  const withDirective = (change: object) => ({
    ...line,
    WebhookIgnored: 1,
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        { ...directive, Metrics: [{ Name: 'WebhookIgnored', Unit: 'Count' }], ...change },
      ],
    },
  });

  it('accepts a line', () => expect(() => checkEmf(withDirective({}))).not.toThrow());

  it.each([
    ['a dimension that the line does not have', { Dimensions: [['service', 'missing']] }],
    ['a metric that the line does not have', { Metrics: [{ Name: 'Missing', Unit: 'Count' }] }],
    ['more than 30 dimensions', { Dimensions: [Array(31).fill('service')] }],
    ['no metric', { Metrics: [] }],
    ['an unknown unit', { Metrics: [{ Name: 'WebhookIgnored', Unit: 'Webhooks' }] }],
    ['an unknown member', { Extra: 1 }],
    ['no namespace', { Namespace: undefined }],
  ])('refuses %s', (_what, change) => expect(() => checkEmf(withDirective(change))).toThrow());

  it('refuses a metric that is a text, and a line with too many fields', () => {
    expect(() => checkEmf({ ...withDirective({}), WebhookIgnored: '1' })).toThrow();
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, 1]));
    expect(() => checkEmf({ ...withDirective({}), ...many })).toThrow('too many fields');
  });
});

describe('an id of another system', () => {
  it.each(['a', 'arn:aws:x/y', 'ü'.repeat(1_024)])('is logged: %.20s', (id) =>
    expect(loggableId(id)).toBe(id),
  );

  it.each([undefined, 1, '', 'a\nb', 'x'.repeat(1_025)])('is left out if it is none: %.20s', (id) =>
    expect(loggableId(id)).toBeUndefined(),
  );
});
