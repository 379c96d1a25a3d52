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
  /** What the function returns for a reply; default: the reply. */
  readonly wrap?: (reply: Reply) => unknown;
}

/** What Lambda returns to a caller at most is 6,291,556 bytes ("Lambda quotas"): more would hide the outcome behind its error. */
const MAX_RESULT_BYTES = 6_200_000;

/** Far more than Salesforce's longest messages. */
const MAX_MESSAGE_LENGTH = 2_000;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The result whose reply fits. What has been written stays written, and what has failed has failed. */
function shortened(result: FinishedResult): FinishedResult {
  const { outcome, request } = result;
  if (outcome.kind === 'failure') {
    const reason = outcome.message.slice(0, MAX_MESSAGE_LENGTH);
    return { ...result, outcome: { ...outcome, message: reason, errors: [] } };
  }
  if (request?.action !== 'GET') return { ...result, outcome: { ...outcome, body: {} } };
  const message = 'The reply is larger than Lambda returns, 6 MB: request fewer records or fields';
  return {
    ...result,
    code: 'response-parsing',
    outcome: failure('permanent-size', 'ANSWER_TOO_LARGE', message),
  };
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

  const replyTo = (context: EventContext, { outcome, code }: FinishedResult): Reply =>
    toReply(context, outcome, { source, code });

  return async (
    parse: () => unknown,
    { requestId: id, remainingMs, wrap = (reply) => reply }: Invocation,
  ): Promise<Reply> => {
    let context: EventContext = { id, source: 'invoke', type: REQUEST_TYPE };
    let ids: RequestIds = { requestId: id };
    const finish = (own: EventContext, whole: FinishedResult): Reply => {
      const isTooLarge = bytesOf(wrap(replyTo(own, whole))) > MAX_RESULT_BYTES;
      const result = isTooLarge ? shortened(whole) : whole;
      const reply = replyTo(own, result);
      logResult({ ...ids, replyId: reply.id }, result, log, { withMetrics: true });
      return reply;
    };
    try {
      const request = toIncomingRequest(parse(), { id, source: 'invoke' });
      context = request.context;
      ids = { requestId: id, ...idsOfRequest(request) };
      const [result] = await resultsOf(processRequests, [request], remainingMs);
      if (result !== undefined && 'outcome' in result) return finish(context, result);
      log.info('api call deferred', { ...ids, reason: result?.kind ?? 'not-started' });
      return replyTo(context, notMade);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return finish(error.context ?? context, rejected(error));
    }
  };
}

/** The status is always 200; the reply's `category` is the outcome. */
export const toHttpResponse = (reply: Reply): LambdaFunctionURLResult => ({
  statusCode: 200,
  headers: { 'content-type': `${CLOUD_EVENT}; charset=utf-8` },
  body: JSON.stringify(reply),
});
