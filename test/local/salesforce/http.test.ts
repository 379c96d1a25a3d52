import { request } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { useTestOrg } from './harness.ts';

const org = useTestOrg();
beforeEach(() => org().control('POST', 'reset'));

const ACCOUNTS = '/services/data/v68.0/sobjects/Account';

/** Sends bytes as they are, with no header that was not asked for. */
function sendRaw(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): Promise<{ status: number; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    const length = body.length > 0 ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const options = {
      method,
      maxHeaderSize: 1_000_000,
      headers: { authorization: `Bearer ${org().token}`, ...length, ...headers },
    };
    const outgoing = request(org().url + path, options, (message) => {
      let text = '';
      message.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      message.on('end', () => {
        const type = String(message.headers['content-type']);
        resolve({ status: message.statusCode ?? 0, type, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const errorOf = ({ text }: { text: string }): unknown => JSON.parse(text)[0];

describe('a body that is not JSON', () => {
  // Certainty and source of each rule.
  it.each([
    ['reported', 'nforce 74', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE', 'text/plain'],
    [
      'reported',
      'sf-functions-python 91',
      'application/x-www-form-urlencoded',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'application/x-www-form-urlencoded',
    ],
    ['guess', 'no page', '', 415, 'UNSUPPORTED_MEDIA_TYPE', 'application/octet-stream'],
    ['simulator', 'not covered', 'application/xml', 400, 'NOT_SIMULATED', 'XML'],
    ['simulator', 'not covered', 'multipart/form-data; boundary=x', 400, 'NOT_SIMULATED', 'blob'],
  ])(
    'row 43, %s (%s): %s is refused with %i %s',
    async (_certainty, _source, type, status, errorCode, words) => {
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      const answer = await sendRaw('POST', ACCOUNTS, headers, '{"Name":"a"}');
      expect(answer.status).toBe(status);
      expect(errorOf(answer)).toMatchObject({ errorCode, message: expect.stringContaining(words) });
      expect((await org().control('GET', 'records/Account')).body).toEqual([]);
    },
  );

  it('row 43, reported (nforce 74): names the type in the words of Salesforce', async () => {
    const answer = await sendRaw('POST', ACCOUNTS, { 'content-type': 'text/plain' }, 'x');
    expect(errorOf(answer)).toMatchObject({
      message: "MediaType of 'text/plain' is not supported by this resource",
    });
  });
});

describe('a body of JSON', () => {
  it.each(['application/json', 'application/json; charset=UTF-8', 'Application/JSON'])(
    'is read with the content type %s',
    async (type) => {
      const answer = await sendRaw('POST', ACCOUNTS, { 'content-type': type }, '{"Name":"a"}');
      expect(answer.status).toBe(201);
    },
  );

  it.each(['gzip', 'deflate'])('documented (Compression Headers): may be %s', async (encoding) => {
    const body = (encoding === 'gzip' ? gzipSync : deflateSync)('{"Name":"zipped"}');
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    expect((await sendRaw('POST', ACCOUNTS, headers, body)).status).toBe(201);
    expect((await org().control('GET', 'records/Account')).body).toMatchObject([
      { Name: 'zipped' },
    ]);
  });

  it('is refused as a bad request if it is no gzip', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await sendRaw('POST', ACCOUNTS, headers, '{"Name":"a"}');
    expect(answer.status).toBe(400);
  });

  it.each([
    ['POST', '/sobjects/Account'],
    ['PATCH', '/sobjects/Account/001000000000001AAA'],
    ['POST', '/composite'],
    ['POST', '/composite/sobjects'],
    ['PATCH', '/composite/sobjects'],
  ])('documented: is JSON_PARSER_ERROR if broken, at %s %s', async (method, path) => {
    const answer = await org().rest(method, path, '{"Name": }');
    expect(answer.status).toBe(400);
    const message = "Unexpected character ('}' (code 125)) in the request body";
    expect(answer.body).toEqual([{ errorCode: 'JSON_PARSER_ERROR', message }]);
  });

  it.each([
    ['{', 'end-of-input'],
    ['{"Name": "a', 'end-of-input'],
    ['{"Name"; "a"}', "(';' (code 59))"],
    ['{"Name": "a"} x', "('x' (code 120))"],
  ])('is refused with what is unexpected: %s', async (body, words) => {
    const answer = await org().rest('POST', '/sobjects/Account', body);
    expect(answer.body).toMatchObject([{ message: expect.stringContaining(words) }]);
  });
});

describe('the head of a request', () => {
  it('row 47, documented (Status Codes and Error Responses) and reported (simple-salesforce 271): a URI over 16,384 bytes is 414 with a page', async () => {
    const answer = await sendRaw('GET', `/services/data/v68.0/query?q=${'x'.repeat(16_384)}`, {});
    expect(answer).toEqual({
      status: 414,
      type: 'text/html',
      text: '<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>',
    });
  });

  it('row 47, documented (Status Codes and Error Responses): URI and headers over 16,384 bytes are 431', async () => {
    const path = `/services/data/v68.0/limits?x=${'x'.repeat(9_000)}`;
    const answer = await sendRaw('GET', path, { 'x-long': 'y'.repeat(9_000) });
    expect(answer).toMatchObject({ status: 431, type: 'text/html' });
  });

  it('is accepted up to these limits', async () => {
    const path = `/services/data/v68.0/limits?x=${'x'.repeat(15_000)}`;
    expect((await sendRaw('GET', path, {})).status).toBe(200);
  });

  it('guess: a URI that is no percent-encoded UTF-8 is a bad request', async () => {
    const answer = await sendRaw('GET', `${ACCOUNTS}/%E0%A4%A`, {});
    expect(answer).toMatchObject({ status: 400, type: 'text/html' });
  });
});

describe('a response', () => {
  it('in XML is not simulated', async () => {
    const answer = await sendRaw('GET', '/services/data/v68.0/limits', {
      accept: 'application/xml',
    });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ errorCode: 'NOT_SIMULATED' });
  });

  it.each(['*/*', 'application/json', 'text/xml, application/json;q=0.9', 'application/xml, */*'])(
    'is JSON for a client that accepts %s',
    async (accept) => {
      const answer = await sendRaw('GET', '/services/data/v68.0/limits', { accept });
      expect(answer).toMatchObject({ status: 200, type: expect.stringContaining('json') });
    },
  );

  it('documented (Limit Info Header): has the API usage, but for the list of versions', async () => {
    const used = await org().rest('GET', '/limits');
    expect(used.headers.get('sforce-limit-info')).toBe('api-usage=1/100000');
    const versions = await org().rest('GET', '/services/data/');
    expect(versions.headers.get('sforce-limit-info')).toBeNull();
  });

  it('documented (REST API Architecture): to HEAD has no body', async () => {
    const answer = await sendRaw('HEAD', '/services/data/v68.0/limits', {});
    expect(answer).toMatchObject({ status: 200, text: '' });
  });
});

describe('paths', () => {
  it('documented (examples of the guide): may end with a slash', async () => {
    expect((await org().rest('POST', '/sobjects/Account/', { Name: 'a' })).status).toBe(201);
    expect((await org().rest('GET', '/limits/')).status).toBe(200);
  });

  it('row 55, documented (Resources by Version): a version lists its resources, as one API call', async () => {
    for (const path of ['/services/data/v68.0', '/services/data/v68.0/']) {
      const { status, body } = await org().rest('GET', path);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        sobjects: '/services/data/v68.0/sobjects',
        query: '/services/data/v68.0/query',
        identity: expect.stringContaining(`${org().url}/id/00D`),
      });
    }
    expect((await org().control('GET', 'calls')).body).toMatchObject({ total: 2 });
  });

  it('documented (Versions): the list of versions needs no session and is no API call', async () => {
    const answer = await sendRaw('GET', '/services/data/', { authorization: '' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).at(-1)).toMatchObject({ version: '68.0' });
    expect((await org().control('GET', 'calls')).body).toMatchObject({ total: 0 });
  });

  it.each([
    ['documented', 'API End-of-Life Policy', 'v30.0', 410],
    ['guess', 'no page', 'v69.0', 404],
  ])('row 62, %s (%s): %s is answered with %i', async (_certainty, _source, version, status) => {
    const answer = await org().rest('GET', `/services/data/${version}/limits`);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject([{ errorCode: 'UNSUPPORTED_API_VERSION' }]);
  });

  it.each(['/services/data/v68.0/nothing', '/services/nothing', '/nothing'])(
    'documented (Status Codes and Error Responses): %s is NOT_FOUND',
    async (path) => {
      const answer = await sendRaw('GET', path, {});
      expect(answer.status).toBe(404);
      expect(errorOf(answer)).toMatchObject({ errorCode: 'NOT_FOUND' });
    },
  );
});
