import { createCaller } from '../../functions/salesforce-apicall/salesforce/client.ts';
import { parseCredentials } from '../../functions/salesforce-apicall/salesforce/credentials.ts';
import { login } from '../../functions/salesforce-apicall/salesforce/login.ts';
import { Sessions } from '../../functions/salesforce-apicall/salesforce/session.ts';
import { createTransport } from '../../functions/salesforce-apicall/salesforce/transport.ts';
import { printFigures } from '../figures.ts';

/** One cold start of apicall's session: signs a JWT, gets a token, creates a record, and exits with 0 on success. */
const credentials = parseCredentials(process.env['SALESFORCE_SECRET'] ?? '', 'jwt');
const send = createTransport();
const logIn = () =>
  login(credentials, { flow: 'jwt', audience: undefined, send, timeoutMs: 5_000 });
const call = createCaller({ sessions: new Sessions(logIn), send });
const { status } = await call(
  {
    method: 'POST',
    path: '/services/data/v68.0/sobjects/Contact',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: '{"LastName":"N"}',
  },
  5_000,
);
printFigures();
process.exit(status === 201 ? 0 : 1);
