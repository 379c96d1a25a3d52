import type { FastifyInstance } from 'fastify';
import { ApiError, apiError } from './errors.ts';
import { MAINTENANCE_PAGE } from './faults.ts';
import type { Settings, SettingsStore } from './settings.ts';

/** The words are those of captured responses; the page around them is a guess. */
const MOVED_PAGE =
  '<html><body>If it takes too long, please contact support or visit our status page.</body></html>';

const HOST_PAGES: Readonly<Record<Settings['host'], readonly [number, string] | undefined>> = {
  up: undefined,
  maintenance: [503, MAINTENANCE_PAGE],
  moved: [420, MOVED_PAGE],
};

/** Answers every request but those of the control API with the host's page, while it is not up. */
export function interceptHost(app: FastifyInstance, settings: SettingsStore): void {
  app.addHook('onRequest', async ({ url }) => {
    const page = HOST_PAGES[settings.current.host];
    if (page && !url.startsWith('/__sim/')) throw new ApiError(...page, 'text/html');
  });
}

const API_ERRORS: Readonly<
  Record<Settings['restApi'], readonly [number, string, string] | undefined>
> = {
  on: undefined,
  disabled: [403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.'],
  // Clients have reported this text for a missing scope, IP restrictions, and API Access Control alike.
  'out-of-scope': [
    401,
    'INVALID_SESSION_ID',
    'This session is not valid for use with the REST API',
  ],
  busy: [503, 'SERVER_UNAVAILABLE', 'Server too busy'],
};

/** @throws ApiError while the REST API is not on. */
export function requireRestApi({ restApi }: Settings): void {
  const error = API_ERRORS[restApi];
  if (error) throw apiError(...error);
}
