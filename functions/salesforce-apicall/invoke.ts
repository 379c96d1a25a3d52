import type { LambdaFunctionURLResult } from 'aws-lambda';
import type { RemainingMs } from '#common/aws.ts';
import type { Log } from '#common/logger.ts';
import { type EventContext, RequestError } from './errors.ts';
import { failure } from './outcome/failure-class.ts';
import { type Reply, toReply } from './outcome/reply.ts';
import { idsOfRequest, logResult, type RequestIds } from './outcome/report.ts';
import { type ProcessRequests, resultsOf } from './process.ts';
import { REQUEST_TYPE, toIncomingRequest } from './request/parse.ts';
import { type FinishedResult, rejected } from './result.ts';

interface InvokeDependencies {
  readonly processRequests: ProcessRequests;
  readonly replySource: string;
  readonly log: Log;
}

interface Invocation {
  readonly requestId: string;
  readonly remainingMs: RemainingMs;
}

const notMade: FinishedResult = {
  code: 'adapter-process',
  outcome: failure('retry-later', 'NOT_NOW', 'The call was not made: send the request again later'),
};

const CLOUD_EVENT = 'application/cloudevents+json';

/**
 * Makes a request that does not come from the queue, once, and returns its reply. Retrying is up to the caller.
 *
 * @returns a function that rejects only for errors of this function, never because of the request.
 */
export function createInvokeHandler(dependencies: InvokeDependencies) {
  const { processRequests, replySource: source, log } = dependencies;

  const finish = (context: EventContext, ids: RequestIds, result: FinishedResult): Reply => {
    const reply = toReply(context, result.outcome, { source, code: result.code });
    logResult({ ...ids, replyId: reply.id }, result, log, { withMetrics: true });
    return reply;
  };

  return async (
    parse: () => unknown,
    { requestId: id, remainingMs }: Invocation,
  ): Promise<Reply> => {
    let context: EventContext = { id, source: 'invoke', type: REQUEST_TYPE };
    let ids: RequestIds = { requestId: id };
    try {
      const request = toIncomingRequest(parse(), { id, source: 'invoke' });
      context = request.context;
      ids = { requestId: id, ...idsOfRequest(request) };
      const [result] = await resultsOf(processRequests, [request], remainingMs);
      if (result !== undefined && 'outcome' in result) return finish(context, ids, result);
      log.info('api call deferred', { ...ids, reason: result?.kind ?? 'not-started' });
      return toReply(context, notMade.outcome, { source, code: notMade.code });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return finish(error.context ?? context, ids, rejected(error));
    }
  };
}

/** The status is always 200; the reply's `category` is the outcome. */
export const toHttpResponse = (reply: Reply): LambdaFunctionURLResult => ({
  statusCode: 200,
  headers: { 'content-type': `${CLOUD_EVENT}; charset=utf-8` },
  body: JSON.stringify(reply),
});
