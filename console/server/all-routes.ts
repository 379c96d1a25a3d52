import packageJson from '../../package.json' with { type: 'json' };
import type { StackInfo } from '../api.ts';
import type { Connected } from './connection.ts';
import { readConnections } from './connections.ts';
import { invalid } from './errors.ts';
import { listEventPage, readEvent } from './events.ts';
import { failureActions, findFailure, listFailures } from './failures.ts';
import { FlowReader } from './flow/flow.ts';
import { DEFAULT_MINUTES, MeasuresReader } from './flow/measures.ts';
import { listMappings, readSampleText, runTrial } from './mappings.ts';
import { pause, resume } from './pause.ts';
import { readPayload } from './payload.ts';
import { type Action, type Asked, type Reading, SHARED_MS } from './routes.ts';

interface RouteOptions {
  readonly canSteer: boolean;
  /** The project's folder: its mappings and samples. */
  readonly root: string;
}

interface Routes {
  readonly readings: readonly Reading[];
  readonly actions: readonly Action[];
}

function stackInfo({ stack, isLocal }: Connected, canSteer: boolean): StackInfo {
  const { arn, name, status } = stack;
  const [, , , region = '', account = ''] = arn.split(':');
  const { version } = packageJson;
  const now = new Date().toISOString();
  return { name, isLocal, canSteer, account, region, status, version, now };
}

/** CloudWatch has values by the minute for 15 days; a page needs those of a day at most. */
const MAX_MINUTES = 24 * 60;

/** @throws ProblemError for anything but a whole number of minutes up to a day. */
function minutesOf({ query: { minutes = `${DEFAULT_MINUTES}` } }: Asked): number {
  const value = Number(minutes);
  if (/^\d+$/.test(minutes) && value >= 1 && value <= MAX_MINUTES) return value;
  throw invalid(`minutes must be a whole number from 1 to ${MAX_MINUTES}.`);
}

function createReadings({ canSteer, root }: RouteOptions): Reading[] {
  const measures = new MeasuresReader();
  const flow = new FlowReader(measures);
  return [
    { path: 'stack', keptMs: 0, read: async (connected) => stackInfo(connected, canSteer) },
    { path: 'flow', keptMs: SHARED_MS, read: (connected) => flow.read(connected) },
    {
      path: 'rates',
      keptMs: SHARED_MS,
      read: async (connected, asked) => measures.rates(connected, minutesOf(asked)),
    },
    {
      path: 'connections',
      keptMs: SHARED_MS,
      read: (connected) => readConnections(connected, measures),
    },
    { path: 'events', keptMs: SHARED_MS, read: listEventPage },
    { path: 'events/*', keptMs: SHARED_MS, read: readEvent },
    { path: 'failures', keptMs: SHARED_MS, read: listFailures },
    {
      path: 'failures/*',
      keptMs: 0,
      read: (connected, { rest }) => findFailure(connected, rest),
    },
    { path: 'payload', keptMs: 0, read: readPayload },
    { path: 'mappings', keptMs: SHARED_MS, read: (connected) => listMappings(connected, root) },
    { path: 'samples/*', keptMs: 0, read: (_connected, { rest }) => readSampleText(root, rest) },
  ];
}

const createActions = ({ root }: RouteOptions): Action[] => [
  { path: 'mappings/try', isSteering: false, run: (_connected, body) => runTrial(root, body) },
  ...failureActions,
  { path: 'pause', isSteering: true, run: pause },
  { path: 'resume', isSteering: true, run: resume },
];

/** All that the page can read and do. */
export const createRoutes = (options: RouteOptions): Routes => ({
  readings: createReadings(options),
  actions: createActions(options),
});
