import packageJson from '../../package.json' with { type: 'json' };
import type { StackInfo } from '../api.ts';
import type { Connected } from './connection.ts';
import type { Action, Reading } from './routes.ts';

interface RouteOptions {
  readonly canSteer: boolean;
  /** The project's folder: its mappings and samples. */
  readonly root: string;
}

function stackInfo({ stack, isLocal }: Connected, canSteer: boolean): StackInfo {
  const { arn, name, status } = stack;
  const [, , , region = '', account = ''] = arn.split(':');
  const { version } = packageJson;
  const now = new Date().toISOString();
  return { name, isLocal, canSteer, account, region, status, version, now };
}

/** All that the page can read and do. */
export function createRoutes({ canSteer }: RouteOptions): {
  readonly readings: readonly Reading[];
  readonly actions: readonly Action[];
} {
  const readings: Reading[] = [
    { path: 'stack', keptMs: 0, read: async (connected) => stackInfo(connected, canSteer) },
  ];
  return { readings, actions: [] };
}
