import { MappingsError } from '../../../build/mappings/errors.ts';
import type { Mapping } from '../../../functions/salesforce-apicall/mapping/definition.ts';
import type { Send } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { logIn } from '../org.ts';
import type { Settings } from '../settings.ts';
import { createSteps, type Passed, printable, StepError, type StepResult } from '../steps.ts';
import { checkEventIdField, checkLimit, checkObject, checkVersion } from './api.ts';
import { checkFields, checkKey } from './credentials.ts';
import { mappingChecks } from './mapping.ts';

interface CheckInput {
  /** Where the secret was read from, for the report. */
  readonly origin: string;
  readonly readSecret: () => Promise<string>;
  readonly settings: Settings;
  /** The stack's enabled mappings. Rejects with a MappingsError. */
  readonly readMappings: () => Promise<readonly Mapping[]>;
  /** The certificate that was uploaded to Salesforce, in PEM. */
  readonly certificate?: string | undefined;
  readonly send: Send;
}

const secretNames = ['certKey', 'clientSecret', 'password', 'securityToken', 'passphrase'] as const;

/** Values of the secret's JSON that must not be printed, whatever text contains them. */
function secretValues(json: string): string[] {
  try {
    const fields = Object(JSON.parse(json));
    return secretNames.flatMap((name) => (fields[name] ? [String(fields[name])] : []));
  } catch {
    return [];
  }
}

async function readEnabled(
  readMappings: CheckInput['readMappings'],
): Promise<Passed<readonly Mapping[]>> {
  try {
    const value = await readMappings();
    const names = value.map(({ name }) => name).join(', ');
    return { value, detail: names || 'none is enabled (Mappings)' };
  } catch (error) {
    if (!(error instanceof MappingsError)) throw error;
    throw new StepError(error.message, 'npm run mappings -- check');
  }
}

/**
 * Checks everything a request needs to succeed, step by step; a step needs those before it.
 *
 * @returns results that can be printed: without secrets and control characters, and not too long.
 */
export async function checkOrg(input: CheckInput): Promise<StepResult[]> {
  const { certificate, origin, readMappings, readSecret, send, settings } = input;
  const { results, run } = createSteps();
  const json = await run('secret', true, async () => ({
    value: await readSecret(),
    detail: origin,
  }));
  const fields = await run('fields', json, (text) => checkFields(text, settings.flow));
  const credentials =
    settings.flow === 'jwt'
      ? await run('key', fields, (found) => checkKey(found, certificate))
      : fields;
  const org = await run('login', credentials, async (found) => {
    const value = await logIn(found, settings, send);
    return { value, detail: `by ${settings.flow}, at ${value.instanceUrl}` };
  });
  const served = await run('API version', org, (value) => checkVersion(value, settings));
  for (const object of settings.objects)
    await run(`object ${object}`, served, (value) => checkObject(value, object, settings));
  for (const pair of settings.eventIdFields)
    await run(`event id field ${pair.object}.${pair.field}`, served, (value) =>
      checkEventIdField(value, pair, settings),
    );
  const mappings = await run('mappings', served, () => readEnabled(readMappings));
  for (const { name, check } of mappingChecks(mappings ?? [], settings))
    await run(name, served, check);
  await run('daily limit', served, (value) => checkLimit(value, settings));
  return printable(results, secretValues(json ?? ''));
}
