import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apiError } from './errors.ts';
import type { SettingsStore } from './settings.ts';

interface RecordedCall {
  readonly kind: 'api' | 'login' | 'identity';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly at: string;
}

/** Requests of sessions: logins, and what is asked about a token. None is an API call ("API Request Limits and Allocations"). */
const KINDS: readonly [RegExp, RecordedCall['kind']][] = [
  [/^\/services\/data\/v/, 'api'],
  [/^\/services\/(oauth2\/token|Soap\/u\/)/, 'login'],
  [/^\/(services\/oauth2|id)\//, 'identity'],
];

const isApi = ({ url }: FastifyRequest): boolean => /^\/services\/data\/v/.test(url);

const limitExceeded = (limit: string) =>
  apiError(403, 'REQUEST_LIMIT_EXCEEDED', `${limit} Limit exceeded.`);

/** A request as it is recorded; none of another kind. */
function recorded({ method, url: path }: FastifyRequest, status: number): RecordedCall[] {
  const [, kind] = KINDS.find(([pattern]) => pattern.test(path)) ?? [];
  return kind ? [{ kind, method, path, status, at: new Date().toISOString() }] : [];
}

/** Counts API calls as Salesforce does, and reports them in `Sforce-Limit-Info`. */
export function createUsage(settings: SettingsStore) {
  let calls: RecordedCall[] = [];
  const running = new Map<FastifyRequest, number>();

  const longRunning = (own: FastifyRequest): number => {
    const latest = Date.now() - settings.current.longRequestMs;
    return [...running].filter(([request, startedAt]) => request !== own && startedAt <= latest)
      .length;
  };
  const limitInfo = (): string =>
    `api-usage=${settings.current.apiRequestsUsed}/${settings.current.dailyApiRequests}`;

  return {
    /** Watches calls from their start to their answer, which Salesforce computes even if the client has given up. */
    observe: (app: FastifyInstance): void => {
      // Not earlier: a client that breaks off while it sends a body has started no call.
      app.addHook('preValidation', async (request, reply) => {
        if (!isApi(request)) return;
        running.set(request, Date.now());
        reply.raw.once('close', () => {
          if (reply.sent) running.delete(request);
        });
      });
      app.addHook('onSend', async (request, reply) => {
        running.delete(request);
        if (isApi(request)) reply.header('sforce-limit-info', limitInfo());
      });
      app.addHook('onResponse', async (request, { statusCode }) => {
        calls.push(...recorded(request, statusCode));
      });
    },
    /**
     * Counts a call.
     *
     * @throws ApiError 403 REQUEST_LIMIT_EXCEEDED at the limit of calls in 24 hours, and of long ones at a time
     *   ("Developer Limits Quick Reference", API Request Limits and Allocations).
     */
    count: (request: FastifyRequest): void => {
      const { apiRequestsUsed, dailyApiRequests, concurrentLongRequests } = settings.current;
      if (apiRequestsUsed >= dailyApiRequests) throw limitExceeded('TotalRequests');
      if (longRunning(request) >= concurrentLongRequests)
        throw limitExceeded('ConcurrentRequests (Concurrent API Requests)');
      settings.countApiRequest();
    },
    calls: () => ({ total: calls.filter(({ kind }) => kind === 'api').length, calls }),
    reset: (): void => {
      calls = [];
    },
  };
}

export type Usage = ReturnType<typeof createUsage>;
