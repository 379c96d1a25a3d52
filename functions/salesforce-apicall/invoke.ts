import type { LambdaFunctionURLResult } from 'aws-lambda';
import { RequestError } from './errors.ts';
import { failure } from './outcome/failure-class.ts';
import { type Reply, toReply } from './outcome/reply.ts';
import type { Context } from './request/parse.ts';
import { REQUEST_TYPE, toArrival } from './request/parse.ts';
import { type Perform, type Performed, refuse } from './result.ts';

interface InvokeDependencies {
  readonly perform: Perform;
  readonly replySource: string;
}

const notNow: Performed = {
  code: 'adapter-process',
  outcome: failure('retry-later', 'NOT_NOW', 'The call was not made: send the request again later'),
};

const CLOUD_EVENT = 'application/cloudevents+json';

/** A request without a queue: performed at once and answered in the same call. */
export function createInvokeHandler({ perform, replySource }: InvokeDependencies) {
  return async (
    parse: () => unknown | Promise<unknown>,
    requestId: string,
    remainingMs: () => number,
  ): Promise<Reply> => {
    let context: Context = { id: requestId, source: 'invoke', type: REQUEST_TYPE };
    try {
      const arrival = toArrival(await parse(), { id: requestId, source: 'invoke' });
      context = arrival.context;
      const [performed] = await perform([arrival], remainingMs);
      const { outcome, code } = performed && 'outcome' in performed ? performed : notNow;
      return toReply(context, outcome, { source: replySource, code });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const { outcome, code } = refuse(error);
      return toReply(context, outcome, { source: replySource, code });
    }
  };
}

export const toHttp = (reply: Reply): LambdaFunctionURLResult => ({
  statusCode: 200,
  headers: { 'content-type': `${CLOUD_EVENT}; charset=utf-8` },
  body: JSON.stringify(reply),
});
