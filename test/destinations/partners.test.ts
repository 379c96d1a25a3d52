import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { deployed, partners } from './http-template.ts';
import expected from './partner-requests.json' with { type: 'json' };
import { requestOf } from './request.ts';

const order = JSON.parse(readFileSync(join(root, 'events/bus-order-placed.json'), 'utf8'));
const guide =
  'Cisco Cloud Observability, Confluent, Coralogix, Datadog, Dynatrace, Freshworks, MongoDB, Momento, New Relic, Operata, Salesforce, Slack, Shopify, Splunk, Sumo Logic, TriggerMesh, Zendesk';

/** A secret in which the value of each field is its name. */
const secretOf = (fields: Record<string, string>) =>
  Object.fromEntries(
    Object.keys(fields).map((name) => [
      name,
      name === 'endpoint' ? 'https://collectors.example/unique' : name,
    ]),
  );

const rows = Object.entries(partners).filter(([, { ended }]) => ended === undefined);
const requests: Readonly<Record<string, unknown>> = expected;

describe('partners', () => {
  it('are all partners in the guide, and HubSpot', () => {
    const titles = Object.values(partners).map(({ title }) => title);
    expect(titles).toEqual([...guide.split(', '), 'HubSpot']);
  });

  it('without a service have no parameter values', () => {
    const ended = Object.values(partners).filter((partner) => partner.ended !== undefined);
    expect(ended.map(({ title }) => title)).toEqual(['MongoDB', 'TriggerMesh']);
    expect(ended.filter(({ parameters }) => parameters !== undefined)).toEqual([]);
  });

  it('each have an expected request', () => {
    expect(Object.keys(requests)).toEqual(rows.map(([name]) => name));
  });

  it.each(rows)(
    '%s gets the request that its documentation describes',
    (name, { parameters, secret }) => {
      const { resources, refusals } = deployed({ ...parameters });
      expect(refusals).toEqual([]);
      const event = { resources, secret: secretOf({ ...secret }), event: order };
      expect(requestOf(event)).toEqual(
        Object(requests[name]).body === 'the whole event'
          ? { ...Object(requests[name]), body: order }
          : requests[name],
      );
    },
  );

  it.each(['BASIC', 'API_KEY', 'OAUTH_CLIENT_CREDENTIALS'])('use %s at least once', (type) => {
    expect(rows.some(([, { parameters }]) => parameters?.['Authorization'] === type)).toBe(true);
  });
});
