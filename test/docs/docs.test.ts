import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generated } from '../../docs/generate.ts';
import gaps from '../../local/engine/gaps.json' with { type: 'json' };
import { root } from '../../local/stack/paths.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const pages = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
  'local/engine/README.md',
  'local/salesforce/README.md',
];

/** The anchors of a page's headings, as GitHub makes them: lower case, no punctuation, hyphens for spaces. */
const anchorsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

const sources = globSync('functions/**/*.ts', { cwd: root }).map(read).join('\n');

describe('documentation', () => {
  it.each(Object.entries(generated()))('%s is up to date (npm run docs)', (file, text) =>
    expect(read(file)).toBe(text),
  );

  it.each(pages)('%s names files and links that exist', (page) => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) =>
      join(dirname(page), path),
    );
    const files = [
      ...text.matchAll(
        /`((?:functions|local|layers|build|bench|checks|cli|docs|events|test)\/[\w./-]+)`/g,
      ),
    ].map(([, path = '']) => path);
    expect([...links, ...files].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each(pages)('%s links to headings that exist', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)].map(
      ([, path = '', anchor = '']) => ({ file: path ? join(dirname(page), path) : page, anchor }),
    );
    expect(links.filter(({ file, anchor }) => !anchorsOf(read(file)).includes(anchor))).toEqual([]);
  });

  it.each(pages)('%s quotes log messages that a function writes', (page) => {
    const quoted = [...read(page).matchAll(/\blog\s+line\s+`([^`]+)`/g)].map(
      ([, text = '']) => text,
    );
    expect(quoted.filter((text) => !sources.includes(`'${text.replaceAll(/\s+/g, ' ')}'`))).toEqual(
      [],
    );
  });

  it.each(pages)('%s names only npm scripts that exist', (page) => {
    const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
    const named = [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it.each(gaps)('of the engine explains the gap: %s', (gap) =>
    expect(read('local/engine/README.md')).toContain(gap),
  );

  it('README.md has at most 200 lines', () =>
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(200));
});
