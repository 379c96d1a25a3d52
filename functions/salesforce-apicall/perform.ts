import { type ErrorCode, RequestError } from './errors.ts';
import { type Guard, isRepeatable } from './once/guard.ts';
import {
  classifyAnswer,
  classifyError,
  type Failure,
  failure,
  type Outcome,
} from './outcome/classify.ts';
import { type Arrival, requireRequestType } from './request/arrival.ts';
import { fitPayload } from './request/fit.ts';
import { type AllowLists, requireAllowed } from './request/limits.ts';
import { requestPath } from './request/path.ts';
import { type ApiCallRequest, parseRequest } from './request/schema.ts';
import type { Call, Caller } from './salesforce/call.ts';

export interface Performed {
  readonly outcome: Outcome;
  readonly code: ErrorCode;
  /** Absent when the request could not be understood. */
  readonly request?: ApiCallRequest;
}

interface PerformDependencies {
  readonly call: Caller;
  readonly guard: Guard;
  readonly allowed: AllowLists;
  readonly apiVersion: string;
}

/** HTTP gives a body no meaning there ("HTTP Semantics", RFC 9110). */
const hasNoBody = ({ action }: ApiCallRequest): boolean => action === 'GET' || action === 'HEAD';

function toCall(request: ApiCallRequest, apiVersion: string): Call {
  const payload = hasNoBody(request) ? undefined : fitPayload(request);
  return {
    method: request.action,
    path: requestPath(request, apiVersion),
    headers: { ...request.headers, 'content-type': 'application/json', accept: 'application/json' },
    ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
  };
}

const refused = ({ code, message }: RequestError): Performed => ({
  code,
  outcome: failure('permanent-data', code, message),
});

const failed = (failure: Failure, request: ApiCallRequest): Performed => ({
  code: 'adapter-process',
  outcome: failure,
  request,
});

/** Makes one arrived request's API call, once; answers its outcome and never rejects. */
export function createPerform({ call, guard, allowed, apiVersion }: PerformDependencies) {
  const run = async (request: ApiCallRequest, timeoutMs: number): Promise<Outcome> => {
    try {
      return classifyAnswer(
        await call(toCall(request, apiVersion), timeoutMs),
        isRepeatable(request),
      );
    } catch (error) {
      return classifyError(error, isRepeatable(request));
    }
  };

  const understand = (arrival: Arrival): ApiCallRequest => {
    requireRequestType(arrival);
    const request = parseRequest(arrival.data);
    requireAllowed(request, allowed);
    return request;
  };

  return async (arrival: Arrival, timeoutMs: number): Promise<Performed> => {
    let request: ApiCallRequest;
    try {
      request = understand(arrival);
    } catch (error) {
      if (error instanceof RequestError) return refused(error);
      throw error;
    }
    try {
      const outcome = await guard(request, arrival.eventKey, () => run(request, timeoutMs));
      return { outcome, code: 'adapter-process', request };
    } catch (error) {
      // The guard refused the key or could not ask its table: no call was made.
      if (error instanceof RequestError) return { ...refused(error), request };
      return failed(classifyError(error, true), request);
    }
  };
}

export type Perform = ReturnType<typeof createPerform>;

/** @returns what an arrival that cannot even be told apart comes to. */
export const refuse = (error: RequestError): Performed => refused(error);
