import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { beforeEach, test } from 'node:test';

/** The surface of @salesforce/core, Salesforce's own library below its CLI, against the simulator that the environment names. */
const { AuthInfo, Connection, Org } = createRequire(import.meta.url)('@salesforce/core');

const org = JSON.parse(process.env['CONFORMANCE_ORG'] ?? '');
const version = '68.0';

const connect = async () => {
  const authInfo = await AuthInfo.create({
    username: org.username,
    oauth2Options: {
      clientId: org.clientId,
      privateKeyFile: org.privateKeyFile,
      loginUrl: org.url,
    },
  });
  return Connection.create({ authInfo, connectionOptions: { version } });
};

const connection = await connect();
const nameOf = ({ name }: { name: string }): string => name;

beforeEach(async () => {
  await fetch(`${org.url}/__sim/reset`, { method: 'POST' });
});

test('logs in with a JWT, and reads the org by Org', async () => {
  const instance = await Org.create({ connection });
  assert.equal(instance.getOrgId(), '00D5g0000000001EAA');
  assert.equal(await instance.determineIfDevHubOrg(), false);
  await instance.refreshAuth();
});

test('logs in with an access token, and finds its user', async () => {
  const { url: instanceUrl, token: accessToken } = org;
  const info = await AuthInfo.create({
    accessTokenOptions: { accessToken, instanceUrl, loginUrl: instanceUrl },
  });
  assert.equal(info.getUsername(), org.username);
});

test('saves and lists an authorization', async () => {
  const info = await AuthInfo.create({ username: org.username });
  await info.save();
  const [saved] = await AuthInfo.listAllAuthorizations();
  assert.equal(saved.username, org.username);
  assert.equal(saved.instanceUrl, org.url);
});

test('logs in again when the session has ended', async () => {
  await fetch(`${org.url}/__sim/expire-tokens`, { method: 'POST' });
  assert.equal((await connection.query('SELECT Id FROM Account')).totalSize, 0);
});

test('knows the newest version', async () => {
  assert.equal(connection.getApiVersion(), version);
  assert.equal(await connection.retrieveMaxApiVersion(), '68.0');
});

test('creates, reads, updates, upserts and deletes a record', async () => {
  const { id } = await connection.create('Account', { Name: 'One' });
  await connection.update('Account', { Id: id, Name: 'Two' });
  assert.equal((await connection.retrieve('Account', id)).Name, 'Two');
  const upsert = await connection.upsert('Client__c', { Ext__c: 'k', Name: 'One' }, 'Ext__c');
  assert.equal(upsert.created, true);
  await connection.destroy('Account', id);
  assert.deepEqual((await connection.query('SELECT Id FROM Account')).records, []);
});

test('creates and deletes a collection', async () => {
  const results = await connection.create('Account', [{ Name: 'a' }, { Name: 'b' }]);
  const ids = results.map(({ id }: { id: string }) => id);
  const deleted = await connection.destroy('Account', ids);
  assert.deepEqual(
    deleted.map(({ success }: { success: boolean }) => success),
    [true, true],
  );
});

test('queries one record, and all pages', async () => {
  await connection.create('Account', { Name: 'Only' });
  const one = await connection.singleRecordQuery('SELECT Name FROM Account');
  assert.equal(one.Name, 'Only');
  await assert.rejects(connection.singleRecordQuery("SELECT Id FROM Account WHERE Name = 'x'"), {
    name: 'SingleRecordQuery_NoRecords',
  });
  const keys = Array.from({ length: 2100 }, (_, index) => ({ Ext__c: `k${index}` }));
  await connection.create('Client__c', keys, { allowRecursive: true });
  const all = await connection.autoFetchQuery('SELECT Ext__c FROM Client__c');
  assert.equal(all.records.length, 2100);
});

test('posts a composite', async () => {
  const body = {
    compositeRequest: [
      {
        method: 'POST',
        url: `/services/data/v${version}/sobjects/Account`,
        referenceId: 'a',
        body: { Name: 'x' },
      },
    ],
  };
  const answer = await connection.requestPost(`/services/data/v${version}/composite`, body);
  assert.equal(answer.compositeResponse[0].httpStatusCode, 201);
});

test('describes the org and its objects', async () => {
  const { sobjects } = await connection.describeGlobal();
  assert.ok(sobjects.map(nameOf).includes('Client__c'));
  const { fields } = await connection.describe('Account');
  assert.ok(fields.map(nameOf).includes('BillingCity'));
});

test('asks the Tooling API', async () => {
  const query = "SELECT Id FROM CustomField WHERE DeveloperName = 'Nope'";
  assert.equal((await connection.tooling.query(query)).totalSize, 0);
});

test('reads limits', async () => {
  assert.equal((await connection.limits()).DailyApiRequests.Max, 100_000);
});

test('raises what Salesforce refuses', async () => {
  await assert.rejects(connection.query('SELECT Nope FROM Account'), { name: 'INVALID_FIELD' });
  await assert.rejects(connection.create('Account', {}), { name: 'REQUIRED_FIELD_MISSING' });
});
