import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metricNames } from '../../functions/common/metric-names.ts';
import { root } from '../../local/stack/paths.ts';
import { checkEmf } from './emf.ts';
import { emitted, toMetrics } from './emitted.ts';
import { resolveStack } from './stack.ts';
import { fields, type Json, list, template } from './template.ts';

const levels = list(template.Parameters['LogLevel']?.['AllowedValues']).map(String);

describe.each(levels)('LogLevel=%s', (LogLevel) => {
  const functions = Object.entries(resolveStack({ LogLevel }).Resources).filter(
    ([, { Type }]) => Type === 'AWS::Lambda::Function',
  );

  it('drops no metrics: Lambda treats them as INFO lines ("Log-level filtering")', () => {
    for (const [id, { Properties }] of functions) {
      const { ApplicationLogLevel } = fields(Properties['LoggingConfig']);
      expect([id, ['DEBUG', 'INFO'].includes(String(ApplicationLogLevel))]).toEqual([id, true]);
    }
  });

  it('is the level that the functions themselves filter by', () => {
    for (const [id, { Properties }] of functions) {
      const variables = fields(fields(Properties['Environment'])['Variables']);
      expect([id, variables['POWERTOOLS_LOG_LEVEL']]).toEqual([id, LogLevel]);
    }
  });

  it("drops Lambda's own lines of webhooks that succeed, unless it is DEBUG", () => {
    const webhooks = { GitHubWebhookSecret: 'secret', TwilioWebhookSecret: 'token' };
    const { Resources } = resolveStack({ LogLevel, ...webhooks });
    const system = (id: string) =>
      fields(Resources[id]?.Properties['LoggingConfig'])['SystemLogLevel'];
    const wanted = LogLevel === 'DEBUG' ? 'INFO' : 'WARN';
    expect(system('GitHubWebhookFunction')).toBe(wanted);
    expect(system('TwilioWebhookFunction')).toBe(wanted);
    expect(system('SalesforceApiCallFunction')).toBeUndefined();
  });

  it('does not make Lambda drop lines of that level', () => {
    for (const [, { Properties }] of functions) {
      const { ApplicationLogLevel } = fields(Properties['LoggingConfig']);
      expect(levels.indexOf(String(ApplicationLogLevel))).toBeLessThanOrEqual(
        levels.indexOf(LogLevel),
      );
    }
  });
});

/** What a function writes on all of its paths at a level, as Lambda runs it with `ApplicationLogLevel: INFO`. */
function linesAt(level: string): Json[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'test/template/emit/webhooks.ts'), 'github'],
    {
      cwd: root,
      encoding: 'utf8',
      env: {
        AWS_LAMBDA_LOG_LEVEL: 'INFO',
        POWERTOOLS_LOG_LEVEL: level,
        POWERTOOLS_SERVICE_NAME: 'github-webhook',
        POWERTOOLS_METRICS_NAMESPACE: 'stack',
        GITHUB_WEBHOOK_SECRET_ARN: 'arn',
        EVENT_BUS_NAME: 'bus',
        SPILL_QUEUE_URL: 'https://queue',
        PAYLOAD_BUCKET_NAME: 'bucket',
        AWS_REGION: 'eu-west-1',
      },
    },
  );
  return `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => fields(JSON.parse(line)));
}

const sortedMetrics = (lines: readonly Json[]): string[] =>
  lines
    .filter((line) => '_aws' in line)
    .flatMap(toMetrics)
    .map((metric) => JSON.stringify(metric))
    .toSorted();

describe.each(levels.filter((level) => level !== 'DEBUG'))('a function at LogLevel=%s', (level) => {
  const lines = linesAt(level);
  const seen = new Set(lines.flatMap((line) => ('level' in line ? [String(line['level'])] : [])));

  it('emits the metrics of every line, in valid documents', () => {
    expect(sortedMetrics(lines)).toEqual(
      sortedMetrics(emitted.lines.filter(({ service }) => service === 'github-webhook')),
    );
    for (const line of lines.filter((one) => '_aws' in one)) checkEmf(line);
  });

  it('writes lines of that level and above, and no others', () => {
    const wanted = levels.slice(levels.indexOf(level));
    expect([...seen].toSorted()).toEqual(wanted.toSorted());
  });

  it('writes nothing but metrics and their dimensions for lines below it', () => {
    const known = ['_aws', 'service', 'provider', 'reason', ...metricNames];
    for (const line of lines.filter((one) => !('level' in one)))
      expect(Object.keys(line).filter((name) => !known.includes(name))).toEqual([]);
  });
});
