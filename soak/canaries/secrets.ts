import { readRunState } from '../../local/stack/run-state.ts';
import type { Scene } from '../scene.ts';

/** A secret by what it is; its value is never told. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** Lines of a PEM key, whose line ends may be written in any way. */
const linesOf = (pem: string): string[] =>
  pem.split('\n').filter((line) => line.length > 30 && !line.startsWith('-----'));

/** A short line or value would be found by accident. */
const MIN_LENGTH = 16;

/** A value as it may stand in a text: as it is, in a URL, in base64. */
const formsOf = ({ name, value }: Secret): Secret[] => [
  { name, value },
  { name: `${name}, in base64`, value: Buffer.from(value).toString('base64').replace(/=+$/, '') },
  ...(encodeURIComponent(value) === value
    ? []
    : [{ name: `${name}, in a URL`, value: encodeURIComponent(value) }]),
];

const toSecrets = (name: string, value: string): Secret[] =>
  value.startsWith('-----')
    ? linesOf(value).map((line) => ({ name, value: line }))
    : formsOf({ name, value });

/** Every secret that the run has used: of the webhooks, of Salesforce's logins, and the tokens that these gave. */
export async function secretsOf({ org, secrets }: Scene): Promise<Secret[]> {
  const { org: credentials } = (await readRunState()) ?? {};
  const own = secrets.ever.flatMap((value) =>
    toSecrets(value.startsWith('-----') ? 'private key' : 'webhook secret', value),
  );
  const salesforce = [
    ...toSecrets('client secret', credentials?.clientSecret ?? ''),
    ...toSecrets('password', credentials?.password ?? ''),
    ...toSecrets('security token', credentials?.securityToken ?? ''),
    ...toSecrets('private key', credentials?.privateKey ?? ''),
  ];
  const tokens = (await org.tokens()).flatMap((value) => [
    { name: 'access token', value },
    // As `Bearer` headers and URLs may have it cut off or encoded: the part after the org's id.
    { name: 'access token, its own part', value: value.split('!').at(-1) ?? value },
  ]);
  return [...own, ...salesforce, ...tokens].filter(({ value }) => value.length >= MIN_LENGTH);
}
