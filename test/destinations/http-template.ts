import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../../local/stack/paths.ts';
import { samVenv, venvBin } from '../../local/stack/python.ts';
import { resolveTemplate } from '../../local/template/resolve.ts';
import { fields, type Json, list, type Template } from '../template/template.ts';

const script =
  'import json, sys; from samcli.yamlhelper import yaml_parse; print(json.dumps(yaml_parse(open(sys.argv[1]).read())))';

export const file = join(root, 'destinations/http.yaml');

/** destinations/http.yaml with its intrinsic functions in full form. */
export const httpTemplate: Template = JSON.parse(
  execFileSync(venvBin(samVenv, 'python'), ['-c', script, file], { encoding: 'utf8' }),
);

export type Values = Readonly<Record<string, string>>;

export interface Partner {
  readonly title: string;
  readonly note?: string;
  readonly ended?: string;
  readonly secret?: Values;
  readonly parameters?: Values;
}

export const partners: Readonly<Record<string, Partner>> = parse(
  readFileSync(join(root, 'destinations/partners.yaml'), 'utf8'),
);

/** The parameters that every deployment needs: the main stack, the secret and the events. */
export const attached: Values = {
  DestinationName: 'shop',
  EventBusName: 'main',
  RedriveBusName: 'main-redrive',
  RuleDlqArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
  SecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:shop',
  SecretVersionId: 'version-1',
  DetailTypes: 'Order Placed',
};

export const deployed = (values: Values) =>
  resolveTemplate(httpTemplate, { ...attached, ...values });

export const propertiesOf = (resources: Readonly<Record<string, Json>>, id: string): Json =>
  fields(resources[id]?.['Properties']);

export const targetOf = (resources: Readonly<Record<string, Json>>, rule: string): Json =>
  fields(list(propertiesOf(resources, rule)['Targets'])[0]);
