import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './errors.ts';
import { ADMINISTRATOR_ID, ADMINISTRATOR_USERNAME, ORGANIZATION_ID, USER_ID } from './org/seed.ts';
import { bearerOf, type Sessions } from './sessions.ts';

/** The identity URL of a user, by default the integration user's, which token responses name as `id`. */
export const identityUrl = (url: string, userId = USER_ID): string =>
  `${url}/id/${ORGANIZATION_ID}/${userId}`;

const urlsOf = (url: string, userId: string) => ({
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
  profile: `${url}/${userId}`,
  custom_domain: url,
});

const person = (userId: string, username: string) => ({
  user_id: userId,
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
  const requireUser = ({ headers, query }: FastifyRequest<{ Querystring: Query }>) => {
    const token = bearerOf(headers.authorization) || (query['oauth_token'] ?? '');
    if (token === '') throw refuse('Missing_OAuth_Token');
    const session = sessions.find(token);
    if (!session) throw refuse('Bad_OAuth_Token');
    const { userId } = session;
    return { userId, name: userId === ADMINISTRATOR_ID ? ADMINISTRATOR_USERNAME : username };
  };

  app.route<{ Querystring: Query }>({
    method: ['GET', 'POST'],
    url: '/services/oauth2/userinfo',
    handler: (request) => {
      const { userId, name } = requireUser(request);
      return {
        ...person(userId, name),
        sub: identityUrl(url(), userId),
        preferred_username: name,
        nickname: name,
        name,
        zoneinfo: 'GMT',
        urls: urlsOf(url(), userId),
      };
    },
  });
  app.get<{ Querystring: Query; Params: { organization: string; user: string } }>(
    '/id/:organization/:user',
    (request) => {
      const { userId, name } = requireUser(request);
      const { organization, user } = request.params;
      if (!ORGANIZATION_ID.startsWith(organization.slice(0, 15))) throw refuse('Wrong_Org');
      if (!userId.startsWith(user.slice(0, 15))) throw refuse('Bad_Id');
      return {
        ...person(userId, name),
        id: identityUrl(url(), userId),
        asserted_user: true,
        username: name,
        nick_name: name,
        display_name: name,
        timezone: 'GMT',
        urls: urlsOf(url(), userId),
      };
    },
  );
}
