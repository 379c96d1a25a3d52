import { createHash } from 'node:crypto';
import getPort, { portNumbers } from 'get-port';
import { StackError } from './errors.ts';
import { root } from './paths.ts';

const host = '127.0.0.1';
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** A port derived from the clone's path: the same at every start, and different for two clones that start at once. */
const clonePort = (service: string): number =>
  FIRST_PORT + (createHash('sha256').update(`${root}\n${service}`).digest().readUInt32BE() % PORTS);

/**
 * The port for a service to listen on: exactly `wanted` if given, otherwise the clone's port or the next free one.
 *
 * @throws StackError if `wanted` is in use.
 */
export async function choosePort(service: string, wanted?: number): Promise<number> {
  if (wanted === undefined) {
    const first = clonePort(service);
    return getPort({ host, port: portNumbers(first, first + 99) });
  }
  const port = await getPort({ host, port: wanted });
  if (port === wanted) return port;
  throw new StackError(`Port ${wanted} is in use. Choose another one, or omit --port.`);
}
