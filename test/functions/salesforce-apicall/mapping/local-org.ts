import type {
  ApiResponse,
  Call,
} from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { createDispatcher } from '../../../../local/salesforce/dispatch.ts';
import { createExecution } from '../../../../local/salesforce/execution.ts';
import { createFaults } from '../../../../local/salesforce/faults.ts';
import { createOrg } from '../../../../local/salesforce/org/org.ts';
import { parseDefinitions, readSchemaFiles } from '../../../../local/salesforce/org/schema-file.ts';
import { createRecordFaults } from '../../../../local/salesforce/record-faults.ts';
import { collections } from '../../../../local/salesforce/resources/collections.ts';
import { compositeResource } from '../../../../local/salesforce/resources/composite/composite.ts';
import { describes } from '../../../../local/salesforce/resources/describe.ts';
import { query } from '../../../../local/salesforce/resources/query.ts';
import { sObjectRowsByExternalId } from '../../../../local/salesforce/resources/rows-by-external-id.ts';
import { sObjectRows } from '../../../../local/salesforce/resources/sobject-rows.ts';
import { createSettings } from '../../../../local/salesforce/settings.ts';

const RESOURCES = [
  ...describes,
  ...sObjectRows,
  sObjectRowsByExternalId,
  ...query,
  ...collections,
  compositeResource,
];

type Request = (method: Call['method'], path: string, body?: unknown) => Promise<ApiResponse>;

type Fields = Readonly<Record<string, unknown>>;

/** Makes records by collections of the largest size, and returns their ids. */
async function createRecords(
  request: Request,
  object: string,
  records: readonly Fields[],
): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < records.length; from += 200) {
    const part = records.slice(from, from + 200);
    const { body } = await request('POST', 'composite/sobjects', {
      allOrNone: false,
      records: part.map((fields) => ({ attributes: { type: object }, ...fields })),
    });
    for (const { id, success, errors } of Object(body)) {
      if (!success) throw new Error(`${object}: ${JSON.stringify(errors)}`);
      ids.push(id);
    }
  }
  return ids;
}

/** The simulated org in this process, without HTTP. */
export function createLocalOrg(schema: unknown = []) {
  const settings = createSettings({ dailyApiRequests: 100_000 });
  const faults = createFaults();
  const definitions = [...readSchemaFiles(), ...parseDefinitions(schema)];
  const hooks = createRecordFaults(faults);
  const org = createOrg({ definitions, username: 'user@example.com', settings, hooks });
  const { respond } = createDispatcher(org, RESOURCES);
  const execute = createExecution({ database: org.database, settings, faults, respond });
  const calls: Call[] = [];
  const callSalesforce = async (call: Call): Promise<ApiResponse> => {
    calls.push(call);
    const { method, path, headers, body } = call;
    const response = await execute({
      method,
      url: path,
      headers,
      body: body === undefined ? undefined : JSON.parse(body),
    });
    return { status: response.status, headers: {}, body: response.body };
  };
  const request: Request = (method, path, body) =>
    execute({ method, url: `/services/data/v68.0/${path}`, headers: {}, body }).then(
      ({ status, body: answer }) => ({ status, headers: {}, body: answer }),
    );
  /** The rows of a query. */
  const rows = async (soql: string): Promise<Fields[]> => {
    const { status, body } = await request('GET', `query?q=${encodeURIComponent(soql)}`);
    if (status !== 200) throw new Error(`${soql}: ${JSON.stringify(body)}`);
    return Object(body).records;
  };
  const create = (object: string, records: readonly Fields[]): Promise<string[]> =>
    createRecords(request, object, records);
  return { callSalesforce, calls, create, request, rows };
}
