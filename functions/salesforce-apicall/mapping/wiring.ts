import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { abortBefore } from '#common/aws.ts';
import type { Log } from '#common/logger.ts';
import { Claims, type ReadObject } from './claims.ts';
import { compiledMappings } from './compiled.ts';
import type { Mapping } from './definition.ts';
import { createExecutionRecords } from './execution/records.ts';
import type { Evaluate } from './expression/evaluator.ts';
import { Descriptions } from './find/describe.ts';
import { createMappings, type MappingsDependencies } from './mappings.ts';
import { enabledMappings, uncovered } from './select.ts';

interface Config {
  readonly tableName: string;
  readonly retentionDays: number;
  readonly mappings: readonly string[];
  readonly mappedSources: readonly string[];
  readonly mappedDetailTypes: readonly string[];
  readonly payloadBucketName: string;
  readonly claimRetentionDays: number;
}

export interface MappingClients {
  readonly dynamoDb: DynamoDBClient;
  readonly log: Log;
  /** Reads the payloads of claim checks. */
  readonly readObject: ReadObject;
  /** Those that there are; by default, those of the build. */
  readonly mappings?: readonly Mapping[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

type Shared = Pick<
  MappingsDependencies,
  'startExecution' | 'processRequests' | 'queue' | 'allowed'
> & { readonly owner: string };

/** Left after a request to an execution record, for what must follow it. */
const RECORD_RESERVE_MS = 2_000;

/** Creates what runs mappings. What it loads for them, it loads with the first event of one. */
export function createEventMappings(
  config: Config,
  clients: MappingClients,
  { owner, ...shared }: Shared,
) {
  const { dynamoDb: client, log, readObject, now = Date.now } = clients;
  const { tableName, retentionDays, mappedSources, mappedDetailTypes } = config;
  const mappings = enabledMappings(clients.mappings ?? compiledMappings, config.mappings);
  const types = { sources: new Set(mappedSources), detailTypes: new Set(mappedDetailTypes) };
  for (const mapping of uncovered(mappings, types)) log.error('mapping not covered', { mapping });
  let evaluator: Promise<() => Evaluate> | undefined;
  return createMappings({
    ...shared,
    mappings,
    types,
    descriptions: new Descriptions(now),
    startEvaluation: async () => {
      evaluator ??= import('./expression/evaluator.ts').then((one) => one.createEvaluator());
      return (await evaluator)();
    },
    startClaims: (remainingMs) =>
      new Claims({
        bucket: config.payloadBucketName,
        readObject,
        retentionDays: config.claimRetentionDays,
        remainingMs,
        now,
      }),
    startRecords: (remainingMs) =>
      createExecutionRecords({
        client,
        tableName,
        retentionDays,
        owner,
        now,
        deadline: () => abortBefore(remainingMs, RECORD_RESERVE_MS),
      }),
  });
}
