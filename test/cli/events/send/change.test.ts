import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, parseChange } from '../../../../cli/events/send/change.ts';

const document = {
  action: 'opened',
  issue: { number: 1, title: 'Old', labels: [{ name: 'bug' }, { name: 'major' }], milestone: null },
};
const set = (...texts: string[]) => applyChanges(document, texts.map(parseChange));

describe('--set path=value', () => {
  it('changes values of objects and lists, and leaves the given document as it is', () => {
    const before = structuredClone(document);
    expect(set('issue.title=A = b', 'issue.labels[1].name=minor', 'issue.labels.0.name=x')).toEqual(
      {
        ...document,
        issue: { ...document.issue, title: 'A = b', labels: [{ name: 'x' }, { name: 'minor' }] },
      },
    );
    expect(document).toEqual(before);
  });

  it('keeps text as text, and reads anything else as JSON, or as text that is none', () => {
    expect(set('issue.title=7')).toMatchObject({ issue: { title: '7' } });
    expect(set('issue.number=7')).toMatchObject({ issue: { number: 7 } });
    expect(set('issue.milestone={"title":"v1"}')).toMatchObject({
      issue: { milestone: { title: 'v1' } },
    });
    expect(set('issue.milestone=none')).toMatchObject({ issue: { milestone: 'none' } });
  });

  it('adds keys and elements only where asked', () => {
    expect(set('+issue.body=Text', '+issue.labels[2]={"name":"new"}')).toMatchObject({
      issue: { body: 'Text', labels: [{}, {}, { name: 'new' }] },
    });
    expect(() => set('issue.labels[2].name=x')).toThrow('issue.labels has no key 2');
    expect(() => set('+issue.labels[7]=x')).toThrow('issue.labels has no key 7');
    expect(() => set('+a.b=x')).toThrow('the payload has no key a');
  });

  it('names the nearest key', () => {
    expect(() => set('issue.titel=x')).toThrow(
      '--set issue.titel: issue has no key titel. Did you mean title? To add a key, write --set +issue.titel=VALUE.',
    );
    expect(() => set('isue.title=x')).toThrow(
      '--set isue.title: the payload has no key isue. Did you mean issue?',
    );
    expect(() => set('issue.zzzzzz=x')).toThrow('It has: number, title, labels, milestone.');
    expect(() => set('action.x=1')).toThrow('action is no object, and so has no key x.');
  });

  it.each(['issue', '=x', 'a..b=x', '+=x'])('refuses %s', (text) =>
    expect(() => parseChange(text)).toThrow(`--set takes path=value, such as issue.title=Hello`),
  );

  it('reads back what it sets, whatever the names and values', () => {
    const key = fc.string({ minLength: 1 }).filter((text) => /^[^.=[\]+\d][^.=[\]]*$/.test(text));
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.string(), (keys, value) => {
        const holder = keys.reduceRight<unknown>((inner, name) => ({ [name]: inner }), 'old');
        const changed = applyChanges(holder, [parseChange(`${keys.join('.')}=${value}`)]);
        const found = keys.reduce<unknown>(
          (inner, name) => Object.getOwnPropertyDescriptor(Object(inner), name)?.value,
          changed,
        );
        expect(found).toBe(value);
        expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
      }),
    );
  });
});
