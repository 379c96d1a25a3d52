import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Document, isNode, parseDocument, visit } from 'yaml';
import { root } from '../../local/stack/paths.ts';
import { samVenv, venvBin } from '../../local/stack/python.ts';

/** What `sam build` does to a template's text: it is parsed and written out again. */
const WRITE_OUT =
  'import sys; from samcli.yamlhelper import yaml_dump, yaml_parse; print(yaml_dump(yaml_parse(open(sys.argv[1]).read())))';

const parse = (text: string) => parseDocument(text, { logLevel: 'silent', merge: true });

/** Anchors in order, and how often an alias names each. */
function anchorsOf(document: Document): { anchors: string[]; aliases: string[] } {
  const anchors: string[] = [];
  const aliases: string[] = [];
  visit(document, {
    Alias: (_key, { source }) => {
      aliases.push(source);
    },
    Node: (_key, node) => {
      if ('anchor' in node && node.anchor) anchors.push(node.anchor);
    },
  });
  return { anchors, aliases };
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('YAML anchors of template.yaml', () => {
  const document = parse(read('template.yaml'));
  const { anchors, aliases } = anchorsOf(document);

  it('are each defined once and used', () => {
    expect(anchors.length).toBeGreaterThan(0);
    expect(new Set(anchors).size).toBe(anchors.length);
    expect(anchors.filter((anchor) => !aliases.includes(anchor))).toEqual([]);
  });

  it('are not in Metadata, to which SAM CLI adds ids in place', () => {
    const inMetadata: unknown[] = [];
    visit(document, {
      Pair: (_key, { key, value }) => {
        if (String(key) === 'Metadata' && isNode(value))
          visit(value, {
            Alias: (_inner, { source }) => {
              inMetadata.push(source);
            },
          });
      },
    });
    expect(inMetadata).toEqual([]);
  });

  it('do not reach CloudFormation, which supports none: sam build writes them out', () => {
    const python = venvBin(samVenv, 'python');
    const built = execFileSync(python, ['-c', WRITE_OUT, join(root, 'template.yaml')], {
      encoding: 'utf8',
    });
    expect(anchorsOf(parse(built))).toEqual({ anchors: [], aliases: [] });
    expect(built).not.toContain('<<');
  });
});

it('destinations/http.yaml, which CloudFormation gets as it is, has no anchors', () => {
  const source = read('destinations/http.yaml');
  expect(anchorsOf(parse(source))).toEqual({ anchors: [], aliases: [] });
  expect(source).not.toContain('<<');
});
