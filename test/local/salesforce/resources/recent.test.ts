import { beforeEach, describe, expect, it } from 'vitest';
import { useTestOrg } from '../harness.ts';

const org = useTestOrg();

async function create(sObject: string, fields: object): Promise<string> {
  const { body } = await org().rest('POST', `/sobjects/${sObject}`, fields);
  return Object(body).id;
}
const namesOf = (items: unknown): unknown[] =>
  Object(items).map(({ Name }: { Name: string }) => Name);

beforeEach(async () => {
  await org().control('POST', 'reset');
});

describe('recently viewed records', () => {
  it('are those of FOR VIEW, the latest first (documented: SOQL, FOR VIEW)', async () => {
    const id = await create('Account', { Name: 'Seen' });
    await create('Account', { Name: 'Unseen' });
    await create('Contact', { LastName: 'Ann' });
    expect((await org().rest('GET', '/recent')).body).toEqual([]);
    await org().query("SELECT Id FROM Account WHERE Name = 'Seen' FOR VIEW");
    await org().query('SELECT Id FROM Contact FOR REFERENCE');
    const { body } = await org().rest('GET', '/recent');
    expect(namesOf(body)).toEqual(['Ann', 'Seen']);
    expect(Object(body)[1]).toEqual({
      attributes: { type: 'Account', url: `/services/data/v68.0/sobjects/Account/${id}` },
      Id: id,
      Name: 'Seen',
    });
    expect(namesOf((await org().rest('GET', '/recent?limit=1')).body)).toEqual(['Ann']);
    const basic = await org().rest('GET', '/sobjects/Account');
    expect(namesOf(Object(basic.body).recentItems)).toEqual(['Seen']);
  });

  it('have the time of the view (documented: SOQL, FOR VIEW)', async () => {
    await create('Account', { Name: 'Seen' });
    await org().query('SELECT Id FROM Account FOR VIEW');
    const { body } = await org().query('SELECT LastViewedDate, LastReferencedDate FROM Account');
    expect(Object(body).records).toMatchObject([
      { LastViewedDate: expect.any(String), LastReferencedDate: null },
    ]);
  });

  it.each(['0', '201', 'x'])(
    'are refused with a limit of %s (documented: 1 to 200)',
    async (limit) => {
      expect(await org().rest('GET', `/recent?limit=${limit}`)).toMatchObject({ status: 400 });
    },
  );
});

describe('layouts', () => {
  it('are the system compact layout (documented: REST, SObject CompactLayouts)', async () => {
    const { body } = await org().rest('GET', '/sobjects/Account/describe/compactLayouts');
    expect(body).toMatchObject({
      compactLayouts: [
        { name: 'SYSTEM', objectType: 'Account', fieldItems: [{ placeholder: false }] },
      ],
      recordTypeCompactLayoutMappings: [{ compactLayoutName: 'SYSTEM' }],
    });
  });

  it('are no approval layouts, as the org has no approval process (documented: REST, SObject ApprovalLayouts)', async () => {
    const { status, body } = await org().rest('GET', '/sobjects/Account/describe/approvalLayouts');
    expect([status, body]).toEqual([200, { approvalLayouts: [] }]);
  });

  it.each(['/sobjects/Account/describe/layouts', '/sobjects/Account/listviews', '/tabs', '/theme'])(
    'are otherwise not simulated: %s',
    async (path) => {
      const { body } = await org().rest('GET', path);
      expect(body).toMatchObject([{ errorCode: 'NOT_SIMULATED' }]);
    },
  );
});
