/** A module that a package imports, and what stands in for it. */
interface Replaced {
  readonly importer: string;
  readonly name: string;
  readonly contents: string;
}

/**
 * A module that throws when something of it is called. jsforce makes an `Agent` while it loads, before any request:
 * that alone must not throw.
 */
const refusing = (name: string): string => `
  const refuse = () => {
    throw new Error('${name} is left out of this bundle (build/jsforce-slim): a jsforce feature was used that needs it.');
  };
  class Agent {}
  module.exports = new Proxy(refuse, { get: (_, key) => (key === 'Agent' ? Agent : key === '__esModule' ? undefined : refuse) });
`;

/** jsforce's own HTTP client (requests go through ours), CSV, XML and file uploads. */
const unreached = [
  'undici',
  'xml2js',
  'csv-parse',
  'csv-parse/sync',
  'csv-stringify',
  'csv-stringify/sync',
  'form-data',
];

export const replaced: readonly Replaced[] = [
  ...unreached.map((name) => ({ importer: 'jsforce', name, contents: refusing(name) })),
  // It is asked only whether this Node is 8, 15.7 and 16.9 or later; the functions run on 24.
  {
    importer: 'jsonwebtoken',
    name: 'semver',
    contents: 'module.exports = { satisfies: () => true };',
  },
];
