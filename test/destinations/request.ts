import { lookUp, render } from '../template/eventbridge.ts';
import { fields, type Json, list } from '../template/template.ts';
import { propertiesOf, targetOf, type Values } from './http-template.ts';

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Values;
  readonly body: unknown;
}

interface RequestInput {
  readonly resources: Readonly<Record<string, Json>>;
  readonly secret: Values;
  readonly event: unknown;
  readonly rule?: string;
}

/** Resolves dynamic references as CloudFormation does. A missing field of the secret fails the deployment. */
const resolveSecrets = (text: string, secret: Values): string =>
  text.replaceAll(/\{\{resolve:secretsmanager:[^}]+:SecretString:(\w+)::[^}]+\}\}/g, (_, field) => {
    const value = secret[field];
    if (value === undefined) throw new Error(`The secret has no field ${field}`);
    return value;
  });

const keyValues = (parameters: unknown): Values =>
  Object.fromEntries(
    list(parameters ?? []).map((one) => [String(fields(one)['Key']), String(fields(one)['Value'])]),
  );

/** The authorization header of a connection. OAuth is represented by a fixed token. */
function authorizationOf(authParameters: Json): Values {
  const { ApiKeyAuthParameters, BasicAuthParameters } = authParameters;
  if (BasicAuthParameters !== undefined) {
    const { Username, Password } = fields(BasicAuthParameters);
    return { Authorization: `Basic ${btoa(`${Username}:${Password}`)}` };
  }
  if (ApiKeyAuthParameters === undefined) return { Authorization: 'Bearer token' };
  const { ApiKeyName, ApiKeyValue } = fields(ApiKeyAuthParameters);
  return { [String(ApiKeyName)]: String(ApiKeyValue) };
}

function bodyOf(target: Json, event: unknown, fixed: Values): unknown {
  const { InputPath, InputTransformer } = target;
  const body =
    InputTransformer === undefined
      ? lookUp(event, InputPath ?? '$')
      : JSON.parse(render(InputTransformer, event));
  return Object.keys(fixed).length === 0 ? body : { ...fields(body), ...fixed };
}

/** The request that EventBridge sends for an event ("API destinations as targets", "HttpParameters"). */
export function requestOf({
  resources,
  secret,
  event,
  rule = 'DestinationRule',
}: RequestInput): Request {
  const resolved = JSON.parse(
    resolveSecrets(JSON.stringify(propertiesOf(resources, 'Connection')), secret),
  );
  const authParameters = fields(resolved.AuthParameters);
  const fixed = fields(authParameters['InvocationHttpParameters']);
  const { HttpMethod, InvocationEndpoint } = propertiesOf(resources, 'ApiDestination');
  const target = targetOf(resources, rule);
  const keys = list(fields(target['HttpParameters'])['PathParameterValues'] ?? []);
  const url = keys.reduce<string>(
    (path, key) => path.replace('*', encodeURIComponent(String(lookUp(event, key)))),
    resolveSecrets(String(InvocationEndpoint), secret),
  );
  const query = new URLSearchParams(keyValues(fixed['QueryStringParameters'])).toString();
  return {
    method: String(HttpMethod),
    url: query === '' ? url : `${url}?${query}`,
    headers: { ...keyValues(fixed['HeaderParameters']), ...authorizationOf(authParameters) },
    body: bodyOf(target, event, keyValues(fixed['BodyParameters'])),
  };
}
