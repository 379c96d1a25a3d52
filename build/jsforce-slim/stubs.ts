/** Code that replaces a module imported by a package. */
interface Stub {
  readonly importer: string;
  readonly name: string;
  readonly contents: string;
}

/** A module that throws if any of its exports is called, except `Agent`, which jsforce constructs while it loads. */
const throwingModule = (name: string): string => `
  const fail = () => {
    throw new Error('${name} is not in this bundle (build/jsforce-slim), but a jsforce feature that needs it was used.');
  };
  class Agent {}
  module.exports = new Proxy(fail, { get: (_, key) => (key === 'Agent' ? Agent : key === '__esModule' ? undefined : fail) });
`;

/** For jsforce's HTTP client, which ours replaces, and for CSV, XML, and file uploads. */
const unused = [
  'undici',
  'xml2js',
  'csv-parse',
  'csv-parse/sync',
  'csv-stringify',
  'csv-stringify/sync',
  'form-data',
];

export const stubs: readonly Stub[] = [
  ...unused.map((name) => ({ importer: 'jsforce', name, contents: throwingModule(name) })),
  // Used only to compare the Node version with 8, 15.7, and 16.9; the functions run on 24.
  {
    importer: 'jsonwebtoken',
    name: 'semver',
    contents: 'module.exports = { satisfies: () => true };',
  },
];
