import Table from 'cli-table3';
import type { Delivery } from './deliveries.ts';

const HEAD = ['delivered at', 'event', 'answer', 'attempts', 'delivery'];

const toRow = ({ last, attempts, isDelivered }: Delivery): string[] => [
  last.delivered_at,
  last.action === null ? last.event : `${last.event}.${last.action}`,
  isDelivered ? 'delivered' : `${last.status_code || 'none'} ${last.status}`,
  String(attempts),
  last.guid,
];

/** Deliveries as a table for people. */
export function toTable(deliveries: readonly Delivery[]): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [], compact: true } });
  table.push(...deliveries.map(toRow));
  return table.toString();
}

/** Deliveries as JSON for programs: one object each, with the event's id, its last answer and how often it was tried. */
export const toJson = (deliveries: readonly Delivery[]): string =>
  JSON.stringify(
    deliveries.map(({ last, ...rest }) => ({ ...last, ...rest })),
    undefined,
    2,
  );
