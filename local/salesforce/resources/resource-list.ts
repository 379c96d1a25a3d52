import { identityUrl } from '../identity.ts';
import type { Resource } from '../resource.ts';

const NAMES = ['composite', 'limits', 'query', 'queryAll', 'sobjects', 'tooling'];

/** "Resources by Version": those that are simulated. */
export const resourceList: Resource = {
  path: '',
  methods: {
    GET: ({ version, headers }) => {
      const paths = NAMES.map((name) => [name, `/services/data/${version}/${name}`]);
      const identity = identityUrl(`http://${headers['host'] ?? ''}`);
      return { status: 200, body: { ...Object.fromEntries(paths), identity } };
    },
  },
};
