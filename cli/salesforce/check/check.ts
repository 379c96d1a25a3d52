import type { Send } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import type { Settings } from '../settings.ts';
import { checkFields, checkKey } from './credentials.ts';
import { logIn } from './org.ts';
import { presentable, secretValues } from './report.ts';
import { type CheckResult, createSteps } from './result.ts';
import { checkLimit, checkObject, checkVersion } from './rights.ts';

export interface CheckOptions {
  /** Where the secret comes from, for people to read. */
  readonly origin: string;
  readonly readSecret: () => Promise<string>;
  readonly settings: Settings;
  /** PEM of the certificate that Salesforce has. */
  readonly certificate?: string | undefined;
  readonly send: Send;
}

/** All that has to hold before a request can succeed, step by step; what later steps need comes first. */
export async function check(options: CheckOptions): Promise<CheckResult[]> {
  const { certificate, origin, readSecret, send, settings } = options;
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
  await run('daily limit', served, (value) => checkLimit(value, settings));
  return presentable(results, secretValues(json ?? ''));
}
