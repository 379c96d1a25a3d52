import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { StackError } from './errors.ts';

const shape = z.looseObject({
  server: z.url(),
  clientID: z.string(),
  clientSecret: z.string().optional(),
  user: z.string().optional(),
  password: z.string().optional(),
  securityToken: z.string().optional(),
});

/** The text of the Salesforce secret, and the credentials of the EventBridge connection. */
export interface SalesforceSecret {
  readonly json: string;
  readonly url: string;
  readonly connection: Readonly<Record<string, string>>;
}

/**
 * Parses the JSON of a Salesforce secret.
 *
 * @throws StackError naming each field that is missing or invalid, never its value.
 */
export function parseSalesforceSecret(json: string, origin: string): SalesforceSecret {
  const parsed = shape.safeParse(parseJson(json, origin));
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new StackError(`${origin} is not a Salesforce secret: ${fields.join('; ')}`);
  }
  const { server, clientID, clientSecret = '', user = '', password = '' } = parsed.data;
  const connection = {
    clientId: clientID,
    clientSecret,
    username: user,
    password: `${password}${parsed.data.securityToken ?? ''}`,
  };
  return { json, url: server.replace(/\/$/, ''), connection };
}

function parseJson(json: string, origin: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new StackError(`${origin} is not JSON.`);
  }
}

/** Reads the file of `--salesforce-secret`. */
export async function readSalesforceSecret(file: string): Promise<SalesforceSecret> {
  const json = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StackError(`Cannot read the Salesforce secret ${file}.`, { cause });
  });
  return parseSalesforceSecret(json, file);
}
