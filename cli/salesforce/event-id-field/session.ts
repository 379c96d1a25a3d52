import { parseJsonObject } from '../../../functions/common/json.ts';
import { TransportError } from '../../../functions/salesforce-apicall/errors.ts';
import { isLoopback } from '../../../functions/salesforce-apicall/salesforce/credentials.ts';
import type { Session } from '../../../functions/salesforce-apicall/salesforce/login.ts';
import type { Send } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { isErrorNamed, UsageError } from '../../errors.ts';
import { MAX_TEXT_LENGTH, sanitizeText } from '../../format.ts';
import { fieldsOf } from '../org.ts';

/** A session that may change the org, and where it is from, for the report. */
export interface AdministratorSession extends Session {
  readonly origin: string;
}

/** Runs the Salesforce CLI. @returns its standard output, also when it fails: errors are JSON too. @throws ENOENT without it */
export type RunSf = (args: readonly string[]) => Promise<string>;

/** @throws UsageError unless the token would be sent by https, or to this machine. */
function requireInstance(text: string, origin: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url && isSecure) return url.origin;
  throw new UsageError(
    `The instance URL of ${origin} is not an https URL: pass the org's My Domain URL, https://<name>.my.salesforce.com.`,
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** The Salesforce CLI writes a sentence in place of a token since version 2.136.8. */
const isToken = (text: string): boolean => /^[\w.!~+/=-]+$/.test(text);

const INPUT_FORMS = `Pipe the administrator's access token and the instance URL, on two lines, or as JSON: {"accessToken":"…","instanceUrl":"https://…"}.`;

/** The token and the URL that the input names; empty texts where it names none. */
function readParts(input: string): { accessToken: string; instanceUrl: string } {
  const json = parseJsonObject(input);
  if (json !== undefined) {
    const fields = fieldsOf(json['result'] ?? json);
    return {
      accessToken: textOf(fields['accessToken'] ?? fields['access_token']),
      instanceUrl: textOf(fields['instanceUrl'] ?? fields['instance_url']),
    };
  }
  const words = input.trim().split(/\s+/);
  const isUrl = (word: string): boolean => /^https?:/i.test(word);
  const [accessToken = '', ...others] = words.filter((word) => !isUrl(word));
  const instanceUrl = others.length > 0 ? '' : (words.find(isUrl) ?? '');
  return { accessToken, instanceUrl };
}

/**
 * Reads the session that was piped in: a token and a URL in any order, JSON of these, an OAuth token response, or the output
 * of `sf org display --json`.
 *
 * @throws UsageError that never contains the input.
 */
export function parseSession(input: string): AdministratorSession {
  const origin = 'standard input';
  const { accessToken, instanceUrl } = readParts(input);
  if (instanceUrl === '' || accessToken === '')
    throw new UsageError(`Standard input has no token and URL. ${INPUT_FORMS}`);
  if (!isToken(accessToken))
    throw new UsageError(
      `The access token on standard input is hidden or mistyped: sf org auth show-access-token shows it. ${INPUT_FORMS}`,
    );
  return { accessToken, instanceUrl: requireInstance(instanceUrl, origin), origin };
}

async function askSf(runSf: RunSf, args: readonly string[]) {
  const stdout = await runSf([...args, '--json']).catch((cause: unknown) => {
    if (!isErrorNamed(cause, 'ENOENT')) throw cause;
    throw new UsageError(
      'The Salesforce CLI (sf) is not installed: install it, or pipe a token in with --token-stdin, or write metadata to deploy with --print.',
      { cause },
    );
  });
  const answer = parseJsonObject(stdout) ?? {};
  const message = sanitizeText(textOf(answer['message']), MAX_TEXT_LENGTH);
  return { fields: fieldsOf(answer['result']), message };
}

const LOGIN_FIRST =
  'Log in as an administrator (sf org login web --alias admin), then pass --target-org admin.';

/**
 * The session of the Salesforce CLI. Since version 2.136.8, `sf org display` hides the token and `sf org auth
 * show-access-token` shows it.
 *
 * @param targetOrg an alias or username; otherwise the CLI's default org.
 * @throws UsageError when the CLI is missing or not logged in.
 */
export async function readSfSession(
  runSf: RunSf,
  targetOrg: string | undefined,
): Promise<AdministratorSession> {
  const target = targetOrg === undefined ? [] : [`--target-org=${targetOrg}`];
  const shown = await askSf(runSf, ['org', 'display', ...target]);
  const instanceUrl = textOf(shown.fields['instanceUrl']);
  if (instanceUrl === '')
    throw new UsageError(
      `sf org display has no session: ${shown.message || 'it printed no result'} ${LOGIN_FIRST}`,
    );
  const origin = 'sf org display';
  const accessToken = textOf(shown.fields['accessToken']);
  if (isToken(accessToken))
    return { accessToken, instanceUrl: requireInstance(instanceUrl, origin), origin };
  const revealed = await askSf(runSf, [
    'org',
    'auth',
    'show-access-token',
    '--no-prompt',
    ...target,
  ]);
  const token = textOf(revealed.fields['accessToken']);
  if (!isToken(token))
    throw new UsageError(
      `sf org auth show-access-token has no token: ${revealed.message || 'it printed no result'} ${LOGIN_FIRST}`,
    );
  return { accessToken: token, instanceUrl: requireInstance(instanceUrl, origin), origin };
}

const SIMULATOR_TIMEOUT_MS = 10_000;

/** Opens a session of the administrator of the simulated org. @throws UsageError when the server is not the simulator. */
export async function openSimulatorSession(
  server: string,
  send: Send,
): Promise<AdministratorSession> {
  const url = `${server}/__sim/sessions`;
  const { body } = await send({ method: 'POST', url, timeoutMs: SIMULATOR_TIMEOUT_MS }).catch(
    (cause: unknown) => {
      if (!(cause instanceof TransportError)) throw cause;
      throw new UsageError(
        `The simulator of the local stack does not answer (${cause.message}): start it with npm run local:up.`,
        { cause },
      );
    },
  );
  const { accessToken, instanceUrl } = parseJsonObject(body) ?? {};
  if (typeof accessToken === 'string' && typeof instanceUrl === 'string')
    return { accessToken, instanceUrl, origin: 'the simulator' };
  throw new UsageError(
    "The local stack's secret names an org that is not the simulator: pass --target-org or --token-stdin.",
  );
}
