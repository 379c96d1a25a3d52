/** One event for the bus, in the words of PutEvents. `detail` is JSON text and is published as it stands. */
export interface BusEntry {
  readonly source: string;
  readonly detailType: string;
  readonly detail: string;
  readonly resources: readonly string[];
  readonly time?: Date;
}

/** An entry as PutEvents takes it and as the spill queue keeps it (there `Time` is ISO 8601 text). */
export interface PutEventsEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Resources: string[];
  readonly Time: Date;
}

const TIME_BYTES = 14;

/** Size by EventBridge's own formula (User Guide, "Calculating PutEvents event entry size"), in bytes. */
export function entryBytes({ source, detailType, detail, resources }: BusEntry): number {
  return [source, detailType, detail, ...resources].reduce(
    (bytes, part) => bytes + Buffer.byteLength(part),
    TIME_BYTES,
  );
}

/** The time of arrival is fixed here, so that an event that waits in the spill queue keeps it. */
export function toPutEventsEntry(entry: BusEntry, eventBusName: string): PutEventsEntry {
  return {
    EventBusName: eventBusName,
    Source: entry.source,
    DetailType: entry.detailType,
    Detail: entry.detail,
    Resources: [...entry.resources],
    Time: entry.time ?? new Date(),
  };
}
