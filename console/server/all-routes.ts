import * as z from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import type { Connected } from './connection.ts';
import { readConnections } from './connections.ts';
import { parse } from './errors.ts';
import { listEventPage, readEvent } from './events.ts';
import { actOn, findFailure, listFailures } from './failures.ts';
import { readFlow } from './flow/flow.ts';
import { MeasuresReader } from './flow/measures.ts';
import { DEFAULT_MINUTES } from './flow/tally.ts';
import { listMappings, runTrial } from './mappings.ts';
import { pause, resume } from './pause.ts';
import { readPayload } from './payload.ts';
import type { Routes } from './server.ts';

interface RouteOptions {
  readonly canSteer: boolean;
  /** The project's folder: its mappings and samples. */
  readonly root: string;
}

/** @param canSteer actions are offered: false on AWS without `--steer`. The version is that of this clone. */
export function stackInfo({ stack, isLocal }: Connected, canSteer: boolean) {
  const { arn, name, status } = stack;
  const [, , , region = '', account = ''] = arn.split(':');
  return { name, isLocal, canSteer, account, region, status, version: packageJson.version };
}

/** CloudWatch has values by the minute for 15 days; a page needs those of a day at most. */
const ratesSchema = z.object({
  minutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 60)
    .default(DEFAULT_MINUTES),
});

/** All that the page can read and do. */
export function createRoutes({ canSteer, root }: RouteOptions): Routes {
  const measures = new MeasuresReader();
  return {
    readings: {
      stack: async (connected) => stackInfo(connected, canSteer),
      flow: (connected) => readFlow(connected, measures.read(connected)),
      rates: (connected, { query }) => measures.rates(connected, parse(ratesSchema, query).minutes),
      connections: (connected) => readConnections(connected, measures),
      events: listEventPage,
      'events/*': readEvent,
      failures: listFailures,
      'failures/*': (connected, { rest }) => findFailure(connected, rest),
      payload: readPayload,
      mappings: (connected) => listMappings(connected, root),
    },
    trials: { 'mappings/try': (_connected, body) => runTrial(root, body) },
    actions: {
      'failures/redrive': actOn('redrive'),
      'failures/park': actOn('park'),
      'failures/unpark': actOn('unpark'),
      'failures/drop': actOn('drop'),
      pause,
      resume,
    },
  };
}
