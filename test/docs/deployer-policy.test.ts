import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import policy from '../../docs/policies/deployer.json' with { type: 'json' };
import { paths, root } from '../../local/stack/paths.ts';
import { samVenv } from '../../local/stack/python.ts';
import { fields } from '../../local/template/json.ts';
import { readTemplate } from '../../local/template/source.ts';
import { template } from '../template/template.ts';

/** AWS's resource schemas, with the permissions that CloudFormation needs for each type; cfn-lint carries them. */
const [python = ''] = readdirSync(join(paths.venv(samVenv.name), 'lib'));
const schemas = join(paths.venv(samVenv.name), 'lib', python, 'site-packages/cfnlint/data/schemas');
const readJson = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(schemas, file), 'utf8'));
const files = readJson('providers/us-east-1.json');

function permissionsOf(type: string): string[] {
  const { handlers } = readJson(`resources/${files[type]}.json`);
  const used = Object.entries(fields(handlers)).filter(([name]) => name !== 'list');
  return used.flatMap(([, handler]) => Object(handler).permissions ?? []);
}

/**
 * Permissions in the schemas for what the template doesn't use: VPCs, file systems, streams, table and table bucket
 * imports, delivery of logs elsewhere, and names that are no IAM actions.
 */
const UNUSED =
  /^(ec2|elasticfilesystem|firehose|kinesis|s3files|s3tables):|^s3:REST\.|^lambda:PassCapacityProvider$|^logs:(CreateLogDelivery|PutResourcePolicy|DeleteResourcePolicy)$/;

const toPattern = (action: string): RegExp => new RegExp(`^${action.replaceAll('*', '.*')}$`, 'i');
const allowed = policy.Statement.flatMap(({ Action }) => Action).map(toPattern);
const isAllowed = (action: string): boolean => allowed.some((pattern) => pattern.test(action));

const types = new Set([
  ...Object.values(template.Resources).map(({ Type }) => Type),
  ...Object.values(readTemplate('destinations/http.yaml').Resources).map(({ Type }) =>
    String(Type),
  ),
]);

/** IAM's names of the S3 operations that are called otherwise ("Actions, resources, and condition keys for Amazon S3"). */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  HeadBucket: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  DeleteObjects: 'DeleteObjectVersion',
  ListMultipartUploads: 'ListBucketMultipartUploads',
};

const PREFIXES: Readonly<Record<string, string>> = {
  eventbridge: 'events',
  'secrets-manager': 'secretsmanager',
};

/** The actions that the commands themselves call, by their imports. */
const ownActions = ['environment', 'deploy', 'remove'].flatMap((folder) =>
  readdirSync(join(root, 'cli', folder)).flatMap((file) => {
    const source = readFileSync(join(root, 'cli', folder, file), 'utf8');
    const imports = [
      ...source.matchAll(/import \{([^}]+)\} from '@aws-sdk\/client-([a-z0-9-]+)'/g),
    ];
    return imports.flatMap(([, names = '', client = '']) =>
      [...names.matchAll(/\b(?:paginate(\w+)|(?<!type )(\w+)Command)\b/g)].map(
        ([, paginated, command]) => {
          const operation = paginated ?? command ?? '';
          const action = client === 's3' ? (S3_ACTIONS[operation] ?? operation) : operation;
          return `${PREFIXES[client] ?? client}:${action}`;
        },
      ),
    );
  }),
);

describe('docs/policies/deployer.json', () => {
  it.each([...types].toSorted())('allows what CloudFormation needs for %s', (type) => {
    const needed = permissionsOf(type).filter((action) => !UNUSED.test(action));
    expect(needed.length).toBeGreaterThan(0);
    expect(needed.filter((action) => !isAllowed(action))).toEqual([]);
  });

  it('allows the calls of npm run deploy and npm run remove', () => {
    expect(ownActions.length).toBeGreaterThan(30);
    expect(ownActions).toContain('s3:ListBucketVersions');
    expect(ownActions.filter((action) => !isAllowed(action))).toEqual([]);
  });

  it('fits into a managed policy: 6,144 characters ("IAM and AWS STS quotas")', () => {
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6_144);
  });

  it('allows no service as a whole but on the resources of the stack', () => {
    for (const { Action, Resource } of policy.Statement)
      if (Resource === '*') expect(Action.filter((action) => action.endsWith(':*'))).toEqual([]);
  });

  it('allows passing roles to the services of the stack only', () => {
    const passing = policy.Statement.filter(({ Action }) =>
      Action.some((action) => toPattern(action).test('iam:PassRole')),
    );
    for (const one of passing) expect(one).toMatchObject({ Sid: 'PassRoles' });
    expect(passing).toHaveLength(1);
  });
});
