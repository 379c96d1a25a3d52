import { plainText } from '../../words.ts';
import type { CheckResult } from './result.ts';

/** Salesforce's texts are short; a gateway's page is not. */
const MAX_DETAIL = 300;

const secretNames = ['certKey', 'clientSecret', 'password', 'securityToken', 'passphrase'] as const;

/** Values of the secret's JSON that must not be shown, whatever text they turn up in. */
export function secretValues(json: string): string[] {
  try {
    const fields = Object(JSON.parse(json));
    return secretNames.flatMap((name) => (fields[name] ? [String(fields[name])] : []));
  } catch {
    return [];
  }
}

function show(text: string, secrets: readonly string[]): string {
  const redacted = secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  return plainText(redacted, MAX_DETAIL);
}

/** Results as they may be shown: no secret, no control characters, no long pages. */
export const presentable = (
  results: readonly CheckResult[],
  secrets: readonly string[],
): CheckResult[] =>
  results.map(({ remedy, ...result }) => ({
    ...result,
    detail: show(result.detail, secrets),
    ...(remedy === undefined ? {} : { remedy: show(remedy, secrets) }),
  }));

/** One line per step, and one more with what to do. */
export const describeResults = (results: readonly CheckResult[]): string =>
  results
    .flatMap(({ step, status, detail, remedy }) => [
      `${status.padEnd(8)} ${step}: ${detail}`,
      ...(remedy === undefined ? [] : [`         → ${remedy}`]),
    ])
    .join('\n');

export const isPassed = (results: readonly CheckResult[]): boolean =>
  results.every(({ status }) => status === 'ok' || status === 'warning');
