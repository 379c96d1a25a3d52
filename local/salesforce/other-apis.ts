import type { FastifyInstance } from 'fastify';
import { ApiError, notSimulated } from './errors.ts';
import type { Sessions } from './sessions.ts';

const BULK_NAMESPACE = 'http://www.force.com/2009/06/asyncapi/dataload';

/** Bulk API has errors of its own form, and its session in `X-SFDC-Session`. Its clients read XML unless they ask for JSON. */
const bulkError = new ApiError(
  400,
  `<?xml version="1.0" encoding="UTF-8"?><error xmlns="${BULK_NAMESPACE}"><exceptionCode>NOT_SIMULATED</exceptionCode><exceptionMessage>The Bulk API (/services/async) is not part of the Salesforce simulator</exceptionMessage></error>`,
  'application/xml',
);

/** Answers the APIs whose paths are not below `/services/data` that they are not simulated. */
export function refuseOtherApis(app: FastifyInstance, sessions: Sessions): void {
  app.all('/services/async/*', () => {
    throw bulkError;
  });
  app.all('/services/apexrest/*', ({ headers }) => {
    sessions.require(headers.authorization);
    throw notSimulated('Apex REST');
  });
  app.all('/cometd/*', () => {
    throw notSimulated('The Streaming API (/cometd)');
  });
  app.all('/services/oauth2/*', ({ url }) => {
    throw notSimulated(`The OAuth endpoint ${url.split('?')[0]}`);
  });
}
