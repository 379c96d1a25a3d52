import type { ReplyPolicy } from '../../../functions/salesforce-apicall/outcome/reply.ts';
import type { ApiResponse, Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { playCollections } from './collections-harness.ts';
import { createHarness } from './harness.ts';

/** A field value that Salesforce quotes in its errors. */
export const SECRET_TEXT = 'value of a field';

export const create = (LastName = 'N') => ({
  action: 'POST',
  resource: 'sobjects',
  object: 'Contact',
  payload: { LastName },
});
export const update = (record: string, LastName = 'N') => ({
  ...create(LastName),
  action: 'PATCH',
  record,
});

export const answer = (status: number, body: unknown, headers = {}): ApiResponse => ({
  status,
  body,
  headers,
});
export const created = answer(201, { id: '003', success: true, errors: [] });
export const locked = answer(400, [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: SECRET_TEXT }]);
export const invalid = answer(400, [{ errorCode: 'STRING_TOO_LONG', message: SECRET_TEXT }]);
export const hourly = answer(400, [{ errorCode: 'LIMIT_EXCEEDED', message: 'hourly limit' }]);
export const limited = answer(403, [
  { errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests' },
]);
/** Success, with more of the daily API calls used than the threshold. */
export const busy = answer(201, created.body, { 'sforce-limit-info': 'api-usage=90/100' });

type Harness = Parameters<typeof createHarness>[0];

interface SceneOptions {
  readonly respond?: (call: Call) => ApiResponse | Promise<ApiResponse>;
  /** `false`: `respond` answers all calls, collections and Composite too. */
  readonly playSingles?: false;
  readonly replyPolicy?: ReplyPolicy;
  readonly isDlqAvailable?: boolean;
  readonly config?: Harness['config'];
  readonly dynamo?: Harness['dynamo'];
  readonly publish?: Harness['publish'];
}

/** The function between its queue and a Salesforce that answers single calls with `respond`. */
export function createScene(options: SceneOptions = {}) {
  const {
    respond = () => created,
    replyPolicy = 'always',
    isDlqAvailable = true,
    config,
    dynamo,
    publish,
  } = options;
  const calls: Call[] = [];
  const answerCall = options.playSingles === false ? respond : playCollections(respond);
  const harness = createHarness({
    callSalesforce: async (call) => {
      calls.push(call);
      return answerCall(call);
    },
    config: { replyPolicy, allowedResources: new Set(['sobjects']), ...config },
    isDlqAvailable,
    ...(dynamo && { dynamo }),
    ...(publish && { publish }),
  });
  return { ...harness, calls };
}
