import { Connection } from 'jsforce';
import jwt from 'jsonwebtoken';
import { printFigures } from '../figures.ts';

/** The same with unmodified jsforce and jsonwebtoken. */
const { server, clientID, user, certKey } = JSON.parse(process.env['SALESFORCE_SECRET'] ?? '{}');
const connection = new Connection({
  oauth2: { loginUrl: server, clientId: clientID },
  version: '68.0',
});
const claims = { iss: clientID, sub: user, aud: server, exp: Math.floor(Date.now() / 1_000) + 180 };
await connection.authorize({
  grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  assertion: jwt.sign(claims, certKey, { algorithm: 'RS256' }),
});
const { success } = await connection.sobject('Contact').create({ LastName: 'N' });
printFigures();
process.exit(success ? 0 : 1);
