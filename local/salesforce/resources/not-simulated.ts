import { notSimulated } from '../errors.ts';
import type { Handler, Resource } from '../resource.ts';

/** Resources of the REST API Developer Guide, and of APIs beside it, that have no simulation. */
const RESOURCES: Readonly<Record<string, string>> = {
  actions: 'Actions (invocable actions)',
  analytics: 'The Reports and Dashboards API',
  appMenu: 'AppMenu',
  async: 'The Bulk API',
  asyncQueries: 'Async SOQL',
  chatter: 'The Connect REST API (/chatter)',
  commerce: 'The Commerce API',
  compactLayouts: 'Compact Layouts',
  connect: 'The Connect REST API (/connect)',
  consent: 'The Consent API',
  dedupe: 'Dedupe jobs',
  einstein: 'Einstein',
  eventBuses: 'Event buses',
  graphql: 'The GraphQL API',
  jobs: 'The Bulk API 2.0 (/jobs)',
  knowledgeManagement: 'Knowledge Management',
  licensing: 'Licensing',
  metadata: 'The Metadata REST API',
  parameterizedSearch: 'Parameterized Search',
  process: 'Process rules and approvals',
  quickActions: 'Quick Actions',
  scheduling: 'Scheduling',
  search: 'Search (SOSL)',
  smartdatadiscovery: 'Einstein Discovery',
  support: 'Knowledge Support',
  tabs: 'Tabs',
  theme: 'Themes',
  'ui-api': 'The User Interface API (with its Idempotency-Key)',
  wave: 'The CRM Analytics API',
};

/** Resources of objects and records. */
const OF_SOBJECTS: Readonly<Record<string, string>> = {
  '/sobjects/relevantItems': 'Relevant Items',
  '/sobjects/:sObject/describe/*': 'Layouts of sObject Describe',
  '/sobjects/:sObject/defaultValues': 'Default Values',
  '/sobjects/:sObject/listviews': 'List Views',
  '/sobjects/:sObject/listviews/*': 'List Views',
  '/sobjects/:sObject/quickActions': 'sObject Quick Actions',
  '/sobjects/:sObject/quickActions/*': 'sObject Quick Actions',
  '/sobjects/:sObject/events': 'Platform Event Schema',
  '/sobjects/:sObject/eventSchema': 'Platform Event Schema',
  '/sobjects/:sObject/:id/password': 'sObject User Password',
  '/sobjects/:sObject/:id/richTextImageFields/*': 'sObject Rich Text Image Get',
};

/** A resource whose every method answers that it is not simulated. */
export function refusing(path: string, what: string): Resource {
  const refuse: Handler = () => {
    throw notSimulated(what);
  };
  const methods = { GET: refuse, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse };
  return { path, methods };
}

export const unsimulated: readonly Resource[] = [
  ...Object.entries(RESOURCES).flatMap(([name, what]) => [
    refusing(`/${name}`, what),
    refusing(`/${name}/*`, what),
  ]),
  ...Object.entries(OF_SOBJECTS).map(([path, what]) => refusing(path, what)),
];
