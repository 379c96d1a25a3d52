import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/stack/paths.ts';
import { emittedFile } from '../tools.ts';
import { resolvedSet } from './sets.ts';
import { fields, type Json, list } from './template.ts';

/** A metric as CloudWatch extracts it from a log line. */
export interface Metric {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The output of a function on all of its code paths: its log lines, and the metrics in them. */
export interface Emitted {
  readonly metrics: readonly Metric[];
  readonly lines: readonly Json[];
}

/** Environment variables as the template sets them. References stay unresolved: they do not matter here. */
function environmentOf(logicalId: string): Record<string, string> {
  const { Environment } = resolvedSet('everything').Resources[logicalId]?.Properties ?? {};
  const variables = Object.entries(fields(fields(Environment)['Variables']));
  return Object.fromEntries(variables.map(([name, value]) => [name, String(value)]));
}

/** The metrics that CloudWatch extracts from a line. */
export function toMetrics(line: Json): Metric[] {
  return list(fields(line['_aws'])['CloudWatchMetrics']).flatMap((directive) => {
    const { Dimensions, Metrics } = fields(directive);
    const sets = list(Dimensions).map((names) =>
      Object.fromEntries(list(names).map((name) => [name, String(line[String(name)])])),
    );
    const names = list(Metrics).map((metric) => String(fields(metric)['Name']));
    return sets.flatMap((dimensions) => names.map((name) => ({ name, dimensions })));
  });
}

/** Runs test/template/emit/<script> with the function's environment, and reads its output. */
function run(script: string, logicalId: string, ...args: string[]): Emitted {
  const file = join(root, 'test/template/emit', script);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...environmentOf(logicalId), AWS_REGION: 'eu-west-1', NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
  const lines: Json[] = `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  return {
    metrics: lines.filter((line) => '_aws' in line).flatMap(toMetrics),
    lines,
  };
}

function runAll(): Emitted {
  const runs = [
    run('webhooks.ts', 'GitHubWebhookFunction', 'github'),
    run('webhooks.ts', 'TwilioWebhookFunction', 'twilio'),
    run('apicall.ts', 'SalesforceApiCallFunction'),
    run('reprocessor.ts', 'DlqReprocessorFunction'),
  ];
  return {
    metrics: runs.flatMap(({ metrics }) => metrics),
    lines: runs.flatMap(({ lines }) => lines),
  };
}

/** The four functions run once for all test files; test/tools.ts removes the result before every run of the tests. */
function readOrRun(): Emitted {
  if (existsSync(emittedFile)) return JSON.parse(readFileSync(emittedFile, 'utf8'));
  const all = runAll();
  const partial = `${emittedFile}.${randomUUID()}`;
  writeFileSync(partial, JSON.stringify(all));
  renameSync(partial, emittedFile);
  return all;
}

/** The output of all four functions. */
export const emitted: Emitted = readOrRun();
