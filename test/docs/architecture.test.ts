import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';

const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const files = globSync('functions/**/*.ts', { cwd: root });

/** What links and code marks of the page name, by paths from the root; a folder ends with its slash. */
const linked = new Set(
  [...page.matchAll(/\]\((\.\.\/functions\/[^)]+)\)/g)].map(([, path = '']) =>
    posix.join('docs', path),
  ),
);

/** Every file of an inner folder is named with it; a function's own folder would say nothing. */
const isNamed = (file: string): boolean =>
  linked.has(file) ||
  page.includes(`\`${file}\``) ||
  (file.split('/').length > 3 && linked.has(`${dirname(file)}/`));

describe('docs/architecture.md', () => {
  it('names every file of the functions, or its folder', () => {
    const own = ['index.ts', 'errors.ts'];
    const unnamed = files.filter((file) => !own.includes(basename(file)) && !isNamed(file));
    expect(unnamed).toEqual([]);
  });

  it('names no file that is not there', () => {
    const named = [...page.matchAll(/[\w-]+(?:\/[\w-]+)*\.ts\b/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(100);
    const ends = (name: string) => (file: string) => file === name || file.endsWith(`/${name}`);
    expect(named.filter((name) => !files.some(ends(name)))).toEqual([]);
  });

  it('labels a link with the end of what it leads to', () => {
    const links = [...page.matchAll(/\[([\w/-]+\.ts)\]\(([^)]+)\)/g)];
    expect(links.filter(([, label = '', path]) => !path?.endsWith(`/${label}`))).toEqual([]);
  });

  it('draws both ways', () => {
    const [event = '', failure = ''] = [...page.matchAll(/```mermaid\n(.*?)```/gs)].map(
      ([, diagram = '']) => diagram,
    );
    expect(event).toMatch(/common\/webhook\.ts.*salesforce\/call\.ts/s);
    expect(failure).toMatch(/outcome\/classify\.ts.*park\/park\.ts/s);
  });
});
