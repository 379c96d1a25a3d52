import { Connection } from 'jsforce/lib/connection.js';
import jwt from 'jsonwebtoken';
import type { makeOrgCredentials } from '../../../local/stack/simulator.ts';

/** A connection of stock jsforce to a simulator, logged in with a JWT. */
export async function connectJsforce(
  url: string,
  { clientId, username, privateKey }: ReturnType<typeof makeOrgCredentials>,
): Promise<Connection> {
  const connection = new Connection({ oauth2: { loginUrl: url, clientId }, version: '68.0' });
  const exp = Math.floor(Date.now() / 1_000) + 180;
  const claims = { iss: clientId, sub: username, aud: url, exp };
  await connection.authorize({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: jwt.sign(claims, privateKey, { algorithm: 'RS256' }),
  });
  return connection;
}

/** The error that a call of jsforce must fail with. */
export const errorOf = (
  promise: Promise<unknown>,
): Promise<{ errorCode?: string; message: string }> =>
  promise.then(
    () => {
      throw new Error('was expected to fail');
    },
    (error: Error) => error,
  );
