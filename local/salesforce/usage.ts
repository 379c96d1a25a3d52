import type { FastifyReply, FastifyRequest } from 'fastify';
import { apiError } from './errors.ts';

interface RecordedCall {
  readonly kind: 'api' | 'login';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly at: string;
}

const isApi = ({ url }: FastifyRequest): boolean => /^\/services\/data\/v/.test(url);

/** Counts API calls as Salesforce does, and reports them in `Sforce-Limit-Info`. */
export function createUsage(limit: number) {
  let used = 0;
  let calls: RecordedCall[] = [];

  return {
    /** @throws ApiError 403 REQUEST_LIMIT_EXCEEDED if the daily limit is reached. */
    count: (): void => {
      if (used >= limit)
        throw apiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
      used += 1;
    },
    stamp: (request: FastifyRequest, reply: FastifyReply): void => {
      if (isApi(request)) reply.header('sforce-limit-info', `api-usage=${used}/${limit}`);
    },
    record: (request: FastifyRequest, status: number): void => {
      const isLogin = request.url.startsWith('/services/oauth2/');
      if (!isLogin && !isApi(request)) return;
      const kind = isLogin ? 'login' : 'api';
      calls.push({
        kind,
        method: request.method,
        path: request.url,
        status,
        at: new Date().toISOString(),
      });
    },
    calls: () => ({ total: calls.filter(({ kind }) => kind === 'api').length, calls }),
    limits: () => ({ DailyApiRequests: { Max: limit, Remaining: limit - used } }),
    reset: (): void => {
      used = 0;
      calls = [];
    },
  };
}

export type Usage = ReturnType<typeof createUsage>;
