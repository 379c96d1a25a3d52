import { readRunState } from '../../local/stack/run-state.ts';
import type { Harness } from '../harness.ts';

/** A secret of the run; findings give its name and never its value. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** A shorter line or value would be found by accident. */
const MIN_LENGTH = 16;

/** The lines of a PEM key, whose line ends may be written in any way. */
const linesOf = (pem: string): string[] =>
  pem.split('\n').filter((line) => line.length > 30 && !line.startsWith('-----'));

/** A value as it may appear in a text: in clear, in a URL, in base64. */
function toSecrets(name: string, value: string): Secret[] {
  if (value.startsWith('-----')) return linesOf(value).map((line) => ({ name, value: line }));
  const encoded = encodeURIComponent(value);
  return [
    { name, value },
    { name: `${name}, in base64`, value: Buffer.from(value).toString('base64').replace(/=+$/, '') },
    ...(encoded === value ? [] : [{ name: `${name}, in a URL`, value: encoded }]),
  ];
}

/** Every secret that the run has used: the webhooks', those of the Salesforce logins, and all access tokens. */
export async function secretsOf({ org, secrets }: Harness): Promise<Secret[]> {
  const { org: credentials } = (await readRunState()) ?? {};
  const rotated = secrets.all.flatMap((value) =>
    toSecrets(value.startsWith('-----') ? 'private key' : 'webhook secret', value),
  );
  const tokens = (await org.tokens()).flatMap((value) => [
    { name: 'access token', value },
    // Headers and URLs may contain it cut off or encoded: the part after the org's id.
    { name: 'access token, without the org id', value: value.split('!').at(-1) ?? value },
  ]);
  return [
    ...rotated,
    ...toSecrets('client secret', credentials?.clientSecret ?? ''),
    ...toSecrets('password', credentials?.password ?? ''),
    ...toSecrets('security token', credentials?.securityToken ?? ''),
    ...toSecrets('private key', credentials?.privateKey ?? ''),
    ...tokens,
  ].filter(({ value }) => value.length >= MIN_LENGTH);
}
