import type { PlannedEvent } from './routes.ts';

const seedOf = (key: string): string => key.split('-')[1] ?? '';

/**
 * An order's number. It is not the event's key: an event that names another event's key would disclose its content.
 *
 * @param index the number of the order's event.
 */
const orderNumber = (key: string, index: number): string => `order-${seedOf(key)}-${index}`;

/** The GitHub user by whom all issues are: a Contact of this login is made before. */
export const reporterOf = (key: string): string => `reporter-${seedOf(key)}`;

/** Finds the number of the event whose execution made a record, in the record's text. */
export const madeBy = (seed: number): RegExp => new RegExp(`(?:soak|order)-${seed}-(\\d+)(?!\\d)`);

const orderOf = ({ key, canary, index }: PlannedEvent) => ({
  orderId: orderNumber(key, index),
  customer: { id: key, lastName: 'Soak', company: canary, companyId: key },
  items: ['TEA', 'POT'].map((sku) => ({ sku, quantity: 3, price: 33.33 })),
});

const returnOf = ({ key, canary, returns }: PlannedEvent) => ({
  returnId: key,
  orderId: orderNumber(key, returns),
  reason: canary,
});

const issueOf = ({ key, canary }: PlannedEvent) => ({
  action: 'labeled',
  label: { name: 'bug' },
  issue: {
    id: key,
    title: canary,
    user: { login: reporterOf(key) },
    created_at: '2026-11-24T12:00:00Z',
    labels: [{ name: 'critical' }],
    assignees: ['a', 'b'].map((one) => ({ login: `${key}-${one}` })),
  },
});

/** The event that a mapping of several steps is for. */
export function eventOf(planned: PlannedEvent) {
  const shop = 'com.example.shop';
  switch (planned.route.execution?.mapping) {
    case 'order-to-records':
      return { source: shop, type: 'Order Placed', detail: orderOf(planned) };
    case 'return-to-case':
      return { source: shop, type: 'Order Returned', detail: returnOf(planned) };
    default:
      return { source: 'github.com', type: 'issues', detail: issueOf(planned) };
  }
}
