import { createServer } from 'node:http';
import { makeOrgCredentials, salesforceSecretOf } from '../local/stack/simulator.ts';

/** The bytes of each answer. */
export const ANSWER_BYTES = 3_400_000;

const contactOf = (index: number) => ({
  attributes: { type: 'Contact', url: `/services/data/v68.0/sobjects/Contact/003${index}` },
  Id: `003${String(index).padStart(12, '0')}AAA`,
  LastName: `Contact ${index}`,
  Email: `contact.${index}@example.com`,
  CreatedDate: '2026-01-01T00:00:00.000+0000',
  Rating__c: index / 7,
  Description: 'A text of a few hundred characters, as people write them. '.repeat(25),
});

/** The first page of a query: as many records as have `ANSWER_BYTES` together. */
function pageOfRecords(): string {
  const count = Math.round(ANSWER_BYTES / JSON.stringify(contactOf(1_000)).length);
  const records = Array.from({ length: count }, (_, index) => contactOf(index));
  return JSON.stringify({ totalSize: count, done: true, records });
}

/** Starts an org that answers every call but the login with a page of records. */
export async function startOrgOfLargeAnswers() {
  const body = pageOfRecords();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json;charset=UTF-8');
    if (request.url?.startsWith('/services/oauth2/token') !== true) response.end(body);
    else response.end(JSON.stringify({ access_token: 'token', instance_url: url }));
  });
  // A client that is busy with an answer may leave a connection idle for longer than the default, 5 s.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const url = `http://127.0.0.1:${Object(server.address()).port}`;
  return {
    secret: salesforceSecretOf(url, makeOrgCredentials()),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
