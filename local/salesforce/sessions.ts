import { randomBytes } from 'node:crypto';
import { apiError } from './errors.ts';
import { ORGANIZATION_ID, USER_ID } from './org/seed.ts';

interface Session {
  readonly startedAt: Date;
  readonly userId: string;
}

/** The tokens of the org's users: OAuth access tokens and the session ids of SOAP's login() are the same. */
export function createSessions() {
  const live = new Map<string, Session>();
  const issued: string[] = [];

  return {
    /** Without a user's id, for the integration user: only its logins are simulated. */
    open: (userId = USER_ID): string => {
      const token = `${ORGANIZATION_ID.slice(0, 15)}!${randomBytes(32).toString('base64url')}`;
      live.set(token, { startedAt: new Date(), userId });
      issued.push(token);
      return token;
    },
    find: (token: string): Session | undefined => live.get(token),
    /** @returns whether there was such a session. */
    end: (token: string): boolean => live.delete(token),
    endAll: (): void => live.clear(),
    /** Every token ever issued. */
    issued: (): readonly string[] => issued,
    /** @throws ApiError 401, without WWW-Authenticate, as in captured responses. */
    require: (authorization: string | undefined): void => {
      const [, scheme = '', token = ''] = /^(\S+) +(.+)$/.exec(authorization ?? '') ?? [];
      if (scheme !== '' && !/^(Bearer|OAuth)$/i.test(scheme))
        throw apiError(401, 'INVALID_AUTH_HEADER', 'INVALID_HEADER_TYPE');
      if (!live.has(token)) throw apiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    },
  };
}

export type Sessions = ReturnType<typeof createSessions>;

/** The token of an `Authorization` header; empty without one. */
export const bearerOf = (authorization = ''): string =>
  /^(?:Bearer|OAuth) +(.+)$/i.exec(authorization)?.[1] ?? '';
