import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { stack } from './harness.ts';

const ports = [stack.endpoint, stack.salesforce.url].map((url) => Number(new URL(url).port));
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => address);

/** Whether anything listens there. */
const listens = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const answer = (isListening: boolean) => (): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket
      .once('connect', answer(true))
      .once('error', answer(false))
      .once('timeout', answer(false));
  });

describe('the stack on this machine', () => {
  it.each(ports)(
    'listens on 127.0.0.1:%i and on no address that others can reach',
    async (port) => {
      expect(await listens('127.0.0.1', port)).toBe(true);
      const reachable = await Promise.all(outside.map((address) => listens(address, port)));
      expect(reachable.filter(Boolean)).toEqual([]);
    },
  );
});
