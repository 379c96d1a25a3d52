import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';

const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const files = globSync('functions/**/*.ts', { cwd: root });

describe('docs/architecture.md', () => {
  it('names only files that exist', () => {
    const named = [...page.matchAll(/[\w-]+(?:\/[\w-]+)*\.ts\b/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(15);
    const ends = (name: string) => (file: string) => file === name || file.endsWith(`/${name}`);
    expect(named.filter((name) => !files.some(ends(name)))).toEqual([]);
  });

  it('labels each link with the end of its target path', () => {
    const links = [...page.matchAll(/\[([\w/-]+\.ts)\]\(([^)]+)\)/g)];
    expect(links.filter(([, label = '', path]) => !path?.endsWith(`/${label}`))).toEqual([]);
  });

  it('draws the path of an event and of a failure', () => {
    const [event = '', failure = ''] = [...page.matchAll(/```mermaid\n(.*?)```/gs)].map(
      ([, diagram = '']) => diagram,
    );
    expect(event).toMatch(/common\/webhook\/handler\.ts.*salesforce\/client\.ts/s);
    expect(failure).toMatch(/outcome\/classify\.ts.*park\/park\.ts/s);
  });
});
