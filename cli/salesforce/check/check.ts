import type { Send } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { logIn } from '../org.ts';
import type { Settings } from '../settings.ts';
import { createSteps, printable, type StepResult } from '../steps.ts';
import { checkEventIdField, checkLimit, checkObject, checkVersion } from './api.ts';
import { checkFields, checkKey } from './credentials.ts';

interface CheckInput {
  /** Where the secret was read from, for the report. */
  readonly origin: string;
  readonly readSecret: () => Promise<string>;
  readonly settings: Settings;
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

/**
 * Checks everything a request needs to succeed, step by step; a step needs those before it.
 *
 * @returns results that can be printed: without secrets and control characters, and not too long.
 */
export async function checkOrg(input: CheckInput): Promise<StepResult[]> {
  const { certificate, origin, readSecret, send, settings } = input;
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
  await run('daily limit', served, (value) => checkLimit(value, settings));
  return printable(results, secretValues(json ?? ''));
}
