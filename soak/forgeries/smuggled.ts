import { createConnection } from 'node:net';

const TIMEOUT_MS = 10_000;

const valid = 'Content-Type: application/json\r\nX-GitHub-Event: issues\r\n';

/** Request smuggling: requests that two servers could read differently, by class. The bytes follow the Host header. */
export const smuggled: Readonly<Record<string, string>> = {
  'Content-Length and Transfer-Encoding': `${valid}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nPOST / HTTP/1.1\r\n\r\n`,
  'two Content-Lengths': `${valid}Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}`,
  'Content-Length with a plus sign': `${valid}Content-Length: +2\r\n\r\n{}`,
  'negative Content-Length': `${valid}Content-Length: -1\r\n\r\n{}`,
  'folded header': `${valid}X-Hub-Signature-256: sha256=\r\n 0000\r\nContent-Length: 2\r\n\r\n{}`,
  'space before the colon': `${valid}X-Hub-Signature-256 : sha256=00\r\nContent-Length: 2\r\n\r\n{}`,
  'repeated signature header': `${valid}X-Hub-Signature-256: sha256=00\r\nX-Hub-Signature-256: sha256=11\r\nContent-Length: 2\r\n\r\n{}`,
  'NUL byte in a header': `${valid}X-Hub-Signature-256: sha256=\0\r\nContent-Length: 2\r\n\r\n{}`,
  'invalid chunk size': `${valid}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
};

/** Sends bytes. @returns the status of the first answer, 0 where the connection was closed without one. */
export function sendRaw(url: string, rest: string): Promise<number> {
  const { host, hostname, pathname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection({ host: hostname, port: Number(port), timeout: TIMEOUT_MS });
    const end = (): void => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0));
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n')) end();
    });
    socket.on('timeout', end).on('error', end).on('close', end);
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${rest}`);
  });
}
