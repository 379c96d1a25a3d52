import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logFields, logLines } from '../../functions/common/log-lines.ts';
import { metricNames } from '../../functions/common/metric-names.ts';
import { root } from '../../local/stack/paths.ts';
import { emitted, type Metric } from '../template/emitted.ts';
import { resourcesOf } from '../template/sets.ts';

const page = readFileSync(join(root, 'docs/observability.md'), 'utf8');
const section = (title: string): string =>
  page.split(new RegExp(`\n###? ${title}\n`))[1]?.split(/\n##/)[0] ?? '';

const words = (text: string): string[] => (text.match(/\w+/g) ?? []).toSorted();

const nameAndKeys = ({ name, dimensions }: Metric): string =>
  [name, ...Object.keys(dimensions).filter((key) => key !== 'service')].join(' ');

describe('docs/observability.md', () => {
  it('lists exactly the metrics that the functions write, with their dimensions', () => {
    const rows = [...section('Metrics').matchAll(/^\| `(\w+)` +\| ([^|]*)\|/gm)].map(
      ([, name = '', keys = '']) => [name, ...(keys.match(/\w+/g) ?? [])].join(' '),
    );
    expect(rows.toSorted()).toEqual([...new Set(emitted.metrics.map(nameAndKeys))].toSorted());
  });

  it('lists the saved queries', () => {
    const rows = [...section('Saved queries').matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
    const saved = resourcesOf('everything', 'AWS::Logs::QueryDefinition').map(
      ([, { Properties }]) => String(Properties['Name']).replace('stack/', ''),
    );
    expect(rows.toSorted()).toEqual(saved.toSorted());
  });
});

describe('the catalogue of log lines', () => {
  it('lists exactly the metrics that the functions emit on all paths', () => {
    const seen = new Set(emitted.metrics.map(({ name }) => name));
    expect([...metricNames].toSorted()).toEqual([...seen].toSorted());
  });

  it('is the one on the page: messages, and their fields', () => {
    const rows = [...section('Log lines').matchAll(/^\| `([^`]+)` +\| [^|]*\| ([^|]*)\|/gm)];
    const documented = rows.map(([, message, fields = '']) => [message, ...words(fields)]);
    const known = Object.entries<{ has: readonly string[]; mayHave?: readonly string[] }>(
      logLines,
    ).map(([message, { has, mayHave = [] }]) => [message, ...[...has, ...mayHave].toSorted()]);
    expect(documented.toSorted()).toEqual(known.toSorted());
  });

  it('is the one on the page: what each field is', () => {
    const rows = [...section('Fields').matchAll(/^\| (`[^|]+`) +\|/gm)];
    const documented = rows.flatMap(([, names = '']) => words(names));
    expect(documented.toSorted()).toEqual(Object.keys(logFields).toSorted());
  });

  it('has the lines that the functions write, with no field that is not listed', () => {
    const standard = ['level', 'message', 'timestamp', 'service', '_aws', ...metricNames];
    expect(emitted.lines.length).toBeGreaterThan(40);
    for (const line of emitted.lines) {
      const { has = [], mayHave = [] } = Object(Object(logLines)[String(line['message'])]);
      const own = Object.keys(line).filter((name) => !standard.includes(name));
      expect([line['message'], own]).toEqual([line['message'], expect.arrayContaining(has)]);
      expect(own.filter((name) => ![...has, ...mayHave].includes(name))).toEqual([]);
    }
  });
});
