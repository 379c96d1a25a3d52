import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { template } from '../template/template.ts';

const page = readFileSync(join(root, 'docs/limits.md'), 'utf8');

/** IAM's names of services, where they differ from those in resource types. */
const prefixes: Readonly<Record<string, string>> = { EventSchemas: 'schemas' };

describe('docs/limits.md', () => {
  it('lists exactly the services that a deployer needs permissions for', () => {
    const services = Object.values(template.Resources).map(({ Type }) => {
      const [, service = ''] = Type.split('::');
      return prefixes[service] ?? service.toLowerCase();
    });
    const needed = new Set([...services, 'cloudformation']);
    const [, table = ''] = page.split('## Permissions of the deployer');
    const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, service]) => service);
    expect(listed.toSorted()).toEqual([...needed].toSorted());
  });

  it('names only parameters, resources and outputs that exist', () => {
    const names = [...page.matchAll(/`([A-Z][a-z]+(?:[A-Z][A-Za-z]+)+)`/g)].map(
      ([, name = '']) => name,
    );
    const known = [template.Parameters, template.Resources, template.Outputs].flatMap(Object.keys);
    const codes = ['InvalidArgument', 'MalformedDetail', 'InvalidAccountIdException', 'PassRole'];
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => ![...known, ...codes].includes(name))).toEqual([]);
  });

  it("states the template's defaults", () => {
    const stated = [...page.matchAll(/`(\w+)`, (\d+)[;\s|]/g)].flatMap(([, name = '', value]) => {
      const parameter = template.Parameters[name];
      return parameter === undefined ? [] : [[name, value, String(parameter['Default'])]];
    });
    expect(stated.length).toBeGreaterThanOrEqual(3);
    expect(stated.filter(([, value, actual]) => value !== actual)).toEqual([]);
  });
});
