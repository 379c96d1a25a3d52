/** What a request is to leave behind, found by its `marker` in Salesforce. */
export type Kind = 'guarded' | 'event id' | 'update' | 'upsert' | 'delete' | 'refused';

export interface Sent {
  readonly kind: Kind;
  readonly object: string;
  /** A text of its own in the field `Marker__c`; for deletions the record's id. */
  readonly marker: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const named = (marker: string) => ({
  Marker__c: marker,
  Name: marker,
  LastName: marker,
  Company: marker,
});

/** @param key the idempotency key: the marker, unless that must not be seen outside of the payload. */
export function create(kind: Kind, object: string, marker: string, key = marker): Sent {
  const data = {
    action: 'POST',
    resource: 'sobjects',
    object,
    payload: named(marker),
    idempotencyKey: key,
  };
  return { kind, object, marker, data };
}

export const update = (object: string, id: string, marker: string, key = marker): Sent => {
  const { data } = create('update', object, marker, key);
  return { kind: 'update', object, marker, data: { ...data, action: 'PATCH', record: id } };
};

export const upsert = (object: string, marker: string, key = marker): Sent => {
  const { data } = create('upsert', object, marker, key);
  const record = `Key__c/${key}`;
  return { kind: 'upsert', object, marker, data: { ...data, action: 'PATCH', record } };
};

export const deletion = (object: string, id: string, key: string): Sent => ({
  kind: 'delete',
  object,
  marker: id,
  data: { action: 'DELETE', resource: 'sobjects', object, record: id, idempotencyKey: key },
});

/** A Contact without its required field. */
export const refused = (marker: string, key = marker): Sent => {
  const { data } = create('refused', 'Contact', marker, key);
  return {
    kind: 'refused',
    object: 'Contact',
    marker,
    data: { ...data, payload: { Marker__c: marker } },
  };
};
