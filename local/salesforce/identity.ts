import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';
import { ORGANIZATION_ID, USER_ID } from './org/seed.ts';
import { bearerOf, type Sessions } from './sessions.ts';

/** The identity URL of the integration user, which token responses name as `id`. */
export const identityUrl = (url: string): string => `${url}/id/${ORGANIZATION_ID}/${USER_ID}`;

const urlsOf = (url: string) => ({
  enterprise: `${url}/services/Soap/c/{version}/${ORGANIZATION_ID}`,
  metadata: `${url}/services/Soap/m/{version}/${ORGANIZATION_ID}`,
  partner: `${url}/services/Soap/u/{version}/${ORGANIZATION_ID}`,
  rest: `${url}/services/data/v{version}/`,
  sobjects: `${url}/services/data/v{version}/sobjects/`,
  search: `${url}/services/data/v{version}/search/`,
  query: `${url}/services/data/v{version}/query/`,
  recent: `${url}/services/data/v{version}/recent/`,
  tooling_soap: `${url}/services/Soap/T/{version}/${ORGANIZATION_ID}`,
  tooling_rest: `${url}/services/data/v{version}/tooling/`,
  profile: `${url}/${USER_ID}`,
  custom_domain: url,
});

const person = (username: string) => ({
  user_id: USER_ID,
  organization_id: ORGANIZATION_ID,
  email: username,
  email_verified: true,
  active: true,
  user_type: 'STANDARD',
  language: 'en_US',
  locale: 'en_US',
  utcOffset: 0,
});

/** "Identity URLs" and "UserInfo Endpoint": refusals are 403 with a single word. That it is plain text is a guess. */
const refuse = (word: string): ApiError => new ApiError(403, word, 'text/plain');

interface IdentityParts {
  readonly sessions: Sessions;
  readonly username: string;
  readonly url: () => string;
}

type Query = Readonly<Record<string, string>>;

/** Who a token belongs to. None of these requests is an API call. */
export function registerIdentity(
  app: FastifyInstance,
  { sessions, username, url }: IdentityParts,
): void {
  const requireToken = ({ headers, query }: FastifyRequest<{ Querystring: Query }>): void => {
    const token = bearerOf(headers.authorization) || (query['oauth_token'] ?? '');
    if (token === '') throw refuse('Missing_OAuth_Token');
    if (!sessions.find(token)) throw refuse('Bad_OAuth_Token');
  };

  app.route<{ Querystring: Query }>({
    method: ['GET', 'POST'],
    url: '/services/oauth2/userinfo',
    handler: (request) => {
      requireToken(request);
      return {
        ...person(username),
        sub: identityUrl(url()),
        preferred_username: username,
        nickname: username,
        name: username,
        zoneinfo: 'GMT',
        urls: urlsOf(url()),
      };
    },
  });
  app.get<{ Querystring: Query; Params: { organization: string; user: string } }>(
    '/id/:organization/:user',
    (request) => {
      requireToken(request);
      const { organization, user } = request.params;
      if (!ORGANIZATION_ID.startsWith(organization.slice(0, 15))) throw refuse('Wrong_Org');
      if (!USER_ID.startsWith(user.slice(0, 15))) throw refuse('Bad_Id');
      return {
        ...person(username),
        id: identityUrl(url()),
        asserted_user: true,
        username,
        nick_name: username,
        display_name: username,
        timezone: 'GMT',
        urls: urlsOf(url()),
      };
    },
  );
}
