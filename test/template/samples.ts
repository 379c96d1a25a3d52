import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../local/stack/paths.ts';
import { resolveTemplate } from '../../local/template/resolve.ts';
import { everything } from './destination-parameters.ts';
import { fields, type Json, template } from './template.ts';

/** The resources of the template with all of its rules. */
export const { resources } = resolveTemplate(template, {
  ...everything,
  GitHubWebhookSecret: 'given',
  TwilioWebhookSecret: 'given',
  Mappings: '*',
});

export const propertiesOf = (id: string): Json => fields(resources[id]?.['Properties']);
export const patternOf = (id: string): unknown => propertiesOf(id)['EventPattern'];

export type Event = Readonly<Record<string, unknown>>;
/** A sample event from events/. */
export const sample = (name: string): Event =>
  JSON.parse(readFileSync(join(root, 'events', `${name}.json`), 'utf8'));

/** An event as the reprocessor publishes it to the redrive bus. */
export const redriven = (rule: string, event: Event): Event => ({
  ...event,
  source: 'salesforce-eventbridge.redrive',
  'detail-type': 'salesforce-eventbridge.redrive',
  detail: { rule, target: 'arn', attempt: 1, event },
});
