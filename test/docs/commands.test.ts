import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import manifest from '../../package.json' with { type: 'json' };

it('docs/commands.md lists every npm script that is a program of this project', () => {
  const page = readFileSync(join(root, 'docs/commands.md'), 'utf8');
  const programs = Object.entries(manifest.scripts).flatMap(([name, script]) =>
    script.startsWith('node ') ? [name] : [],
  );
  const listed = [...page.matchAll(/^\| (`npm .*?`) +\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`npm (?:run )?([a-z:]+)`/g)].map(([, name]) => name),
  );
  expect(listed.toSorted()).toEqual(programs.toSorted());
});
