import type { FastifyInstance } from 'fastify';
import { ApiError } from './errors.ts';
import { textOf } from './http.ts';
import { isPassword, type OrgCredentials } from './oauth.ts';
import { ORGANIZATION_ID, USER_ID } from './org/seed.ts';
import type { Sessions } from './sessions.ts';

interface SoapParts {
  readonly credentials: OrgCredentials;
  readonly sessions: Sessions;
  readonly url: () => string;
}

const CONTENT_TYPE = 'text/xml;charset=UTF-8';

/** login() is not in later versions ("Platform SOAP API login() Retirement"). */
const LAST_LOGIN_VERSION = 64;

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&#39;', "'"],
  ['&amp;', '&'],
];

const fromXml = (text: string): string =>
  ENTITIES.reduce((result, [entity, character]) => result.replaceAll(entity, character), text);

const toXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The text of an element without attributes and children, in any namespace: all that login() and logout() need. */
function elementOf(xml: string, name: string): string {
  const [, text = ''] = new RegExp(`<(?:\\w+:)?${name}>([^<]*)</`).exec(xml) ?? [];
  return fromXml(text);
}

const hasElement = (xml: string, name: string): boolean =>
  new RegExp(`<(?:\\w+:)?${name}[\\s/>]`).test(xml);

const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;

/** "SOAP API Developer Guide", Error Handling: API faults are answered with 500. */
function fault(code: string, message: string, type = 'UnexpectedErrorFault'): ApiError {
  const detail = `<sf:${type} xsi:type="sf:${type}"><sf:exceptionCode>${code}</sf:exceptionCode><sf:exceptionMessage>${toXml(message)}</sf:exceptionMessage></sf:${type}>`;
  const body = `<soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${toXml(message)}</faultstring><detail>${detail}</detail></soapenv:Fault>`;
  return new ApiError(500, envelope(body), CONTENT_TYPE);
}

function login(xml: string, version: string, { credentials, sessions, url }: SoapParts): string {
  if (Number(version) > LAST_LOGIN_VERSION)
    throw fault(
      'INVALID_OPERATION',
      `The SOAP Login operation is not available in the API version specified (${version}). Refer to the documentation for supported versions.`,
    );
  const form = { username: elementOf(xml, 'username'), password: elementOf(xml, 'password') };
  if (!isPassword(form, credentials))
    throw fault(
      'INVALID_LOGIN',
      'Invalid username, password, security token; or user locked out.',
      'LoginFault',
    );
  const user = toXml(credentials.username);
  const info = `<organizationId>${ORGANIZATION_ID}</organizationId><userEmail>${user}</userEmail><userFullName>${user}</userFullName><userId>${USER_ID}</userId><userName>${user}</userName>`;
  const server = (api: string): string =>
    `${url()}/services/Soap/${api}/${version}/${ORGANIZATION_ID.slice(0, 15)}`;
  return envelope(
    `<loginResponse><result><metadataServerUrl>${server('m')}</metadataServerUrl><passwordExpired>false</passwordExpired><sandbox>false</sandbox><serverUrl>${server('u')}</serverUrl><sessionId>${sessions.open()}</sessionId><userId>${USER_ID}</userId><userInfo>${info}</userInfo></result></loginResponse>`,
  );
}

function logout(xml: string, { sessions }: SoapParts): string {
  if (!sessions.end(elementOf(xml, 'sessionId')))
    throw fault('INVALID_SESSION_ID', 'Invalid Session ID found in SessionHeader');
  return envelope('<logoutResponse/>');
}

/** The SOAP API as far as clients use it for sessions: login() with a password, and logout(), both of the partner WSDL. */
export function registerSoap(app: FastifyInstance, parts: SoapParts): void {
  app.post<{ Params: { '*': string } }>('/services/Soap/*', (request, reply) => {
    const xml = textOf(request);
    const [api, version = ''] = request.params['*'].split('/');
    reply.type(CONTENT_TYPE);
    if (api === 'u' && hasElement(xml, 'login')) return login(xml, version, parts);
    if (api === 'u' && hasElement(xml, 'logout')) return logout(xml, parts);
    throw fault('NOT_SIMULATED', 'The simulator has login() and logout() of the SOAP API only');
  });
}
