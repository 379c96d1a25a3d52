import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { replyRows } from './triggermesh/replies.ts';
import { requestRows } from './triggermesh/requests.ts';

const rows = [...requestRows, ...replyRows];

describe("a request, against TriggerMesh's Salesforce target", () => {
  it.each(rows.map((row) => [row.comparison, row.what, row] as const))(
    '%s: %s',
    async (comparison, _what, row) => {
      expect(await row.observe()).toEqual(row.ours);
      expect(isDeepStrictEqual(row.ours, row.theirs)).toBe(comparison === 'kept');
    },
  );

  it('has each row once', () => {
    const names = rows.map(({ what }) => what);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

describe('docs/migration-triggermesh.md', () => {
  const page = readFileSync(
    new URL('../../../docs/migration-triggermesh.md', import.meta.url),
    'utf8',
  );
  /** The first cell of each row below a heading. */
  const listed = (heading: string): string[] => {
    const [, section = ''] = page.split(`## ${heading}\n`);
    const [own = ''] = section.split('\n## ');
    return [...own.matchAll(/^\| (?!-|case)([^|]+?) +\|/gm)].map(([, cell = '']) => cell);
  };

  it.each([
    ['Unchanged behavior', 'kept'],
    ['Improvements', 'improved'],
    ['Changes for senders', 'changed'],
  ])('lists under "%s" exactly the rows with the comparison %s', (heading, comparison) => {
    const expected = rows.filter((row) => row.comparison === comparison).map(({ what }) => what);
    expect(listed(heading).sort()).toEqual(expected.sort());
  });
});
