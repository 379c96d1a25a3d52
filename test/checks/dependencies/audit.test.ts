import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { audit, isSerious } from '../../../checks/dependencies/audit.ts';

let server: Server;
afterEach(() => server.close());

/** A registry that knows these advisories; `undefined` - one that takes no audits. */
async function registry(advisories: object | undefined): Promise<Record<string, string>> {
  server = createServer((request, response) => {
    const isAudit = request.method === 'POST' && request.url?.endsWith('/advisories/bulk');
    response.statusCode = isAudit ? (advisories ? 200 : 405) : 404;
    response.end(JSON.stringify(isAudit ? (advisories ?? {}) : {}));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_fetch_retries: '0' };
}

const advisory = (severity: string) => ({
  id: 1,
  url: `https://example.com/${severity}`,
  title: 'Something is wrong',
  severity,
  vulnerable_versions: '*',
  cwe: [],
  cvss: { score: 0, vectorString: null },
});

const deployed = new Set(['node_modules/jsonwebtoken']);

describe('the audit', () => {
  it('tells what is deployed from tools, and takes the one more seriously', async () => {
    const env = await registry({
      jsonwebtoken: [advisory('low')],
      knip: [advisory('moderate')],
      vitest: [advisory('high')],
    });
    const findings = await audit(deployed, env);
    const texts = (serious: boolean) =>
      findings.filter((one) => isSerious(one) === serious).map(({ text }) => text);
    expect(texts(true)).toEqual([
      'jsonwebtoken (deployed, low): Something is wrong, https://example.com/low',
      'vitest (a tool, high): Something is wrong, https://example.com/high',
    ]);
    expect(texts(false)).toEqual([
      'knip (a tool, moderate): Something is wrong, https://example.com/moderate',
    ]);
  });

  it('finds nothing where there is nothing', async () => {
    expect(await audit(deployed, await registry({}))).toEqual([]);
  });

  it('says that nothing is known where the registry takes no audits', async () => {
    await expect(audit(deployed, await registry(undefined))).rejects.toThrow(
      /not known: the registry .* does not answer audits \(405 Method Not Allowed\)/,
    );
  });
});
