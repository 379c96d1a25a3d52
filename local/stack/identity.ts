import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { StackError } from './errors.ts';
import { readJsonFile, writeJsonFile } from './files.ts';
import { paths } from './paths.ts';
import { makeOrgCredentials } from './simulator.ts';

const text = z.string().min(1);
const shape = z.object({
  secrets: z.object({ github: text, twilio: text }),
  org: z.object({
    clientId: text,
    clientSecret: text,
    username: text,
    password: text,
    securityToken: text,
    privateKey: text,
    certificate: text,
  }),
  /** By service. */
  ports: z.record(z.string(), z.int().min(1).max(65_535)),
});

/** What the local stack keeps from start to start, in `.local/identity.json`. */
export type Identity = z.infer<typeof shape>;

const REMEDY = 'Delete it: the next start makes new secrets, and keeps those.';

const newIdentity = (): Identity => ({
  secrets: { github: randomBytes(20).toString('hex'), twilio: randomBytes(16).toString('hex') },
  org: makeOrgCredentials(),
  ports: {},
});

/**
 * The identity of this clone's stack; the first call makes it.
 *
 * @throws StackError when the file is broken, naming what is wrong in it but no value.
 */
export async function readIdentity(file: string = paths.identity): Promise<Identity> {
  const stored = await readJsonFile(file, REMEDY);
  if (stored === undefined) {
    const identity = newIdentity();
    await writeJsonFile(file, identity);
    return identity;
  }
  const parsed = shape.safeParse(stored);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new StackError(`.local/identity.json is broken: ${fields.join('; ')}. ${REMEDY}`);
}

/** Keeps the port of a service for the next starts. */
export async function keepPort(
  service: string,
  port: number,
  file: string = paths.identity,
): Promise<void> {
  const identity = await readIdentity(file);
  if (identity.ports[service] === port) return;
  await writeJsonFile(file, { ...identity, ports: { ...identity.ports, [service]: port } });
}
