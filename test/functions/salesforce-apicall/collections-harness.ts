import type { ApiResponse, Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';

type Respond = (call: Call) => ApiResponse | Promise<ApiResponse>;
type Fields = Readonly<Record<string, unknown>>;

const VERSION = '/services/data/v68.0';

/** The call that a collection's record would have been on its own. */
function singleOf({ method, path, headers }: Call, { attributes, ...record }: Fields): Call {
  const type = String(Object(attributes).type);
  const field = path.split('/').slice(6)[1];
  const key = field ?? 'id';
  const { [key]: name, ...fields } = record;
  const target = field === undefined ? name : `${field}/${name}`;
  const own = method === 'POST' ? type : `${type}/${target}`;
  return { method, path: `${VERSION}/sobjects/${own}`, headers, body: JSON.stringify(fields) };
}

const toResult = ({ status, body }: ApiResponse): object =>
  status < 300
    ? { success: true, errors: [], created: status === 201, ...Object(body) }
    : {
        success: false,
        errors: [body]
          .flat()
          .map((error) => ({ ...Object(error), statusCode: Object(error).errorCode })),
      };

/** Statuses that Salesforce gives a call as a whole. */
const isWhole = ({ status }: ApiResponse): boolean =>
  [401, 403, 420, 500, 502, 503].includes(status);

interface Inner {
  readonly referenceId: string;
  readonly method: Call['method'];
  readonly url: string;
  readonly body?: unknown;
}

const subrequestOf = ({ method, url, body }: Inner): Call => ({
  method,
  path: url,
  headers: {},
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

function innerCalls(call: Call): Call[] {
  if (!call.path.startsWith(`${VERSION}/composite`)) return [];
  const { compositeRequest, records } = JSON.parse(call.body ?? '{}');
  return records
    ? records.map((record: Fields) => singleOf(call, record))
    : compositeRequest.map(subrequestOf);
}

/** In no order that means anything: each names its subrequest. */
const toSubresponses = ({ body = '' }: Call, answers: readonly ApiResponse[]): object[] =>
  JSON.parse(body)
    .compositeRequest.map(({ referenceId }: Inner, index: number) => ({
      referenceId,
      httpStatusCode: answers[index]?.status,
      body: answers[index]?.body,
    }))
    .reverse();

/**
 * Plays sObject Collections and Composite on top of something that answers single calls, which is then asked once for
 * each record.
 */
export const playCollections =
  (respond: Respond): Respond =>
  async (call) => {
    const inner = innerCalls(call);
    if (inner.length === 0) return respond(call);
    const answers: ApiResponse[] = [];
    for (const one of inner) answers.push(await respond(one));
    const whole = answers.find(isWhole);
    if (whole) return whole;
    const body = call.path.endsWith('/composite')
      ? { compositeResponse: toSubresponses(call, answers) }
      : answers.map(toResult);
    return { status: 200, headers: {}, body };
  };
