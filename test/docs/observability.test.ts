import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { emitted, type Metric } from '../template/emitted.ts';
import { resourcesOf } from '../template/sets.ts';

const page = readFileSync(join(root, 'docs/observability.md'), 'utf8');
const section = (title: string): string =>
  page.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

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

it('every metric named in the sources is emitted by the test of all paths', () => {
  const files = readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' });
  const sources = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, 'functions', file), 'utf8'));
  const named = sources.flatMap((source) =>
    [...source.matchAll(/\b(?:count|countMetric)\(\s*'(\w+)'/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(15);
  const seen = new Set(emitted.metrics.map(({ name }) => name));
  expect(named.filter((name) => name !== undefined && !seen.has(name))).toEqual([]);
});
