import { createHash } from 'node:crypto';
import getPort, { clearLockedPorts, portNumbers } from 'get-port';
import { StackError } from './errors.ts';
import { keepPort, readIdentity } from './identity.ts';
import { paths, root } from './paths.ts';

const host = '127.0.0.1';
const FIRST_PORT = 20_000;
const PORTS = 10_000;
const LAST_PORT = 65_535;

/** A port derived from the clone's path, so that two clones that start at once have different ones. */
const clonePort = (service: string): number =>
  FIRST_PORT + (createHash('sha256').update(`${root}\n${service}`).digest().readUInt32BE() % PORTS);

export interface ChosenPort {
  readonly port: number;
  /** The service's port until now, which another program holds. */
  readonly taken?: number;
}

/**
 * The port for a service to listen on, kept from start to start: exactly `wanted` if given, otherwise that of the last
 * start, or the next free one.
 *
 * @param file where ports are kept.
 * @throws StackError if `wanted` is in use.
 */
export async function choosePort(
  service: string,
  wanted?: number,
  file: string = paths.identity,
): Promise<ChosenPort> {
  const { ports } = await readIdentity(file);
  const kept = ports[service];
  const first = wanted ?? kept ?? clonePort(service);
  const last = wanted ?? Math.min(first + 99, LAST_PORT);
  // It would not give this process a port twice within half a minute, so that a second start would get another one.
  clearLockedPorts();
  const port = await getPort({ host, port: portNumbers(first, Math.max(last, first)) });
  if (wanted !== undefined && port !== wanted)
    throw new StackError(`Port ${wanted} is in use. Choose another one, or omit --port.`);
  await keepPort(service, port, file);
  return port === first || kept === undefined ? { port } : { port, taken: kept };
}
