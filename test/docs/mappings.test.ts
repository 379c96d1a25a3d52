import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../build/mappings/ast.ts';
import { compileMapping } from '../../build/mappings/compile.ts';
import { mappingErrorCodes } from '../../functions/salesforce-apicall/mapping/errors.ts';
import { root } from '../../local/stack/paths.ts';

const page = readFileSync(join(root, 'docs/mappings.md'), 'utf8');
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);

describe('docs/mappings.md', () => {
  it('shows a mapping that has no errors', () => {
    const whole = blocks.filter((text) => text.includes('\nsteps:') && text.includes('\non:'));
    expect(whole).toHaveLength(1);
    expect(whole.flatMap((text) => compileMapping('example', text).problems)).toEqual([]);
  });

  it('has expressions that JSONata reads', () => {
    const sources = [...page.matchAll(/'\{% (.+?) %\}'/g)].flatMap(([, source = '']) =>
      source.includes('…') ? [] : [source],
    );
    expect(sources.length).toBeGreaterThan(20);
    for (const source of sources) expect(() => parseExpression(source), source).not.toThrow();
  });

  it('explains the codes of failures', () => {
    const codes = Object.keys(mappingErrorCodes).filter((code) => !page.includes(`\`${code}\``));
    expect(codes).toEqual([]);
  });
});
