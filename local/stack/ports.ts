import { createHash } from 'node:crypto';
import getPort, { portNumbers } from 'get-port';
import { StackError } from './errors.ts';
import { root } from './paths.ts';

const host = '127.0.0.1';
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** A port that is this clone's own from start to start, so that two copies that start at once do not meet. */
const clonePort = (service: string): number =>
  FIRST_PORT + (createHash('sha256').update(`${root}\n${service}`).digest().readUInt32BE() % PORTS);

/**
 * The port for a service to listen on: `wanted` and no other if given, else this clone's own or the next free one.
 *
 * @throws StackError when `wanted` is taken.
 */
export async function choosePort(service: string, wanted?: number): Promise<number> {
  if (wanted === undefined) {
    const first = clonePort(service);
    return getPort({ host, port: portNumbers(first, first + 99) });
  }
  const port = await getPort({ host, port: wanted });
  if (port === wanted) return port;
  throw new StackError(
    `Port ${wanted} is taken by another program: choose another one, or leave --port out.`,
  );
}
