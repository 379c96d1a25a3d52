import { describe, expect, it } from 'vitest';
import { emitted } from './emitted.ts';
import { parameterSets, resolvedSet, resourcesOf, setNames } from './sets.ts';
import { fields, type Json, list } from './template.ts';

const withDashboard = setNames.filter((set) => parameterSets[set]?.['CreateDashboard'] !== 'false');

const widgetsOf = (set: string): Json[] => {
  const body = resolvedSet(set).Resources['Dashboard']?.Properties['DashboardBody'];
  return list(fields(JSON.parse(String(body)))['widgets']).map(fields);
};

/** A row of a widget: `[namespace, name, dimension, value, …, options]`, or `[options]` with a search. */
const rowsOf = (set: string): unknown[][] =>
  widgetsOf(set)
    .flatMap((widget) => list(fields(widget['properties'])['metrics'] ?? []))
    .map(list);

const isText = (value: unknown): value is string => typeof value === 'string';

function toMetric(row: readonly unknown[]) {
  const [namespace, name = '', ...pairs] = row.filter(isText);
  const dimensions = Object.fromEntries(
    pairs.flatMap((key, index) => (index % 2 === 0 ? [[key, pairs[index + 1]]] : [])),
  );
  return { namespace, name, dimensions };
}

/** Of each of the three dashboards that an account has without charge ("Amazon CloudWatch pricing", free tier). */
const MAX_FREE_METRICS = 50;

const SEARCH =
  /^SEARCH\('\{"stack",([\w,]+)\} MetricName="(\w+)" service="([\w-]+)"', 'Sum', 300\)$/;

describe.each(withDashboard)('the dashboard of %s', (set) => {
  it('shows metrics that the functions emit, with the same dimensions', () => {
    const own = rowsOf(set)
      .map(toMetric)
      .filter(({ namespace }) => namespace === 'stack');
    expect(own.length).toBeGreaterThan(8);
    for (const { name, dimensions } of own)
      expect(emitted.metrics).toEqual(expect.arrayContaining([{ name, dimensions }]));
  });

  it('searches by the dimensions that the functions emit', () => {
    const expressions = rowsOf(set).flatMap((row) => {
      const { expression } = fields(row.at(-1));
      return isText(expression) && expression.startsWith('SEARCH') ? [expression] : [];
    });
    expect(expressions.length).toBeGreaterThan(3);
    for (const expression of expressions) {
      const [, names = '', name, service] = SEARCH.exec(expression) ?? [];
      const written = emitted.metrics
        .filter((metric) => metric.name === name && metric.dimensions['service'] === service)
        .map(({ dimensions }) => Object.keys(dimensions).sort());
      expect([expression, written]).toEqual([
        expression,
        expect.arrayContaining([names.split(',').sort()]),
      ]);
    }
  });

  it('calculates by metrics of the same widget', () => {
    for (const widget of widgetsOf(set)) {
      const options = list(fields(widget['properties'])['metrics'] ?? []).map((row) =>
        fields(list(row).at(-1)),
      );
      const ids = options.flatMap(({ id }) => id ?? []);
      const used = options.flatMap(({ expression = '' }) =>
        String(expression).startsWith('SEARCH') ? [] : (String(expression).match(/\w+/g) ?? []),
      );
      expect(used.toSorted()).toEqual(ids.toSorted());
    }
  });

  it('references no more metrics than a dashboard without charge may, beside those of searches', () => {
    const metrics = rowsOf(set).filter(([namespace]) => isText(namespace));
    expect(metrics.length).toBeLessThanOrEqual(MAX_FREE_METRICS);
  });

  it('answers the three questions, and fits on the grid of 24 columns', () => {
    const titles = widgetsOf(set).map((widget) => String(fields(widget['properties'])['title']));
    for (const question of [
      'Are events flowing',
      'Where do they stop',
      'How much of the API limit',
    ])
      expect(titles.some((title) => title.startsWith(question))).toBe(true);
    for (const { x, width } of widgetsOf(set))
      expect(Number(x) + Number(width)).toBeLessThanOrEqual(24);
  });

  it('has an output with its URL', () => {
    const url = String(resolvedSet(set).Outputs['DashboardUrl']?.['Value']);
    expect(url).toBe(
      'https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/${Dashboard}',
    );
  });
});

/** Names that a query defines, or that CloudWatch Logs adds to every line. */
const definedIn = (query: string): string[] => [
  ...[...query.matchAll(/ as (\w+)/g)].map(([, name = '']) => name),
  'timestamp',
];

const words = new Set(
  'fields filter sort limit stats by asc desc and or in like count latest as coalesce ispresent'.split(
    ' ',
  ),
);

const fieldsOf = (query: string): string[] =>
  [...query.replaceAll(/"[^"]*"/g, '').matchAll(/[A-Za-z]\w*/g)]
    .map(([name]) => name)
    .filter((name) => !words.has(name) && !definedIn(query).includes(name));

const queries = resourcesOf('everything', 'AWS::Logs::QueryDefinition').map(
  ([id, { Properties }]) => [id, String(Properties['QueryString'])] as const,
);

it('has neither a dashboard nor its output if it is not wanted', () => {
  const { Resources, Outputs } = resolvedSet('other values');
  expect([Resources['Dashboard'], Outputs['DashboardUrl']]).toEqual([undefined, undefined]);
});

describe('saved queries', () => {
  const written = new Set(emitted.lines.flatMap(Object.keys));
  const messages = new Set(emitted.lines.map(({ message }) => message));

  it.each(queries)('%s selects fields that log lines have', (_id, query) => {
    expect(fieldsOf(query).length).toBeGreaterThan(1);
    expect(fieldsOf(query).filter((name) => !written.has(name))).toEqual([]);
  });

  it.each(queries)(
    '%s filters by messages, services and levels that log lines have',
    (_id, query) => {
      const wanted = [
        ...query.matchAll(/(message|service|level) (?:=|in) \[?("[^\]\n]*?")(?:\]| and|\n|$)/g),
      ];
      for (const [, field = '', texts = ''] of wanted)
        for (const text of texts.split(',').map((one) => one.trim().replaceAll('"', '')))
          expect(emitted.lines.map((line) => line[field])).toContain(text);
    },
  );

  it("follow a webhook's delivery from the webhook to the API call", () => {
    const services = emitted.lines
      .filter(({ delivery }) => delivery === 'delivery-1')
      .map(({ service }) => service);
    expect(new Set(services)).toEqual(
      new Set(['github-webhook', 'twilio-webhook', 'salesforce-apicall']),
    );
    expect(messages).toContain('api call succeeded');
  });

  it.each(setNames)('of %s read all log groups that exist', (set) => {
    const groups = resourcesOf(set, 'AWS::Logs::LogGroup').map(([id]) => `\${${id}}`);
    for (const [, { Properties }] of resourcesOf(set, 'AWS::Logs::QueryDefinition'))
      expect(list(Properties['LogGroupNames']).toSorted()).toEqual(groups.toSorted());
  });
});
