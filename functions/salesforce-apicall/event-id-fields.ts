import type { EventIdFields } from './understand.ts';

const PAIR = /^([A-Za-z]\w*):([A-Za-z]\w*)$/;

/** `Case:EventId__c,Task:EventId__c`: objects and their external id fields for events; empty - none. */
export const eventIdFields =
  (name: string) =>
  (environment: Readonly<Record<string, string | undefined>>): EventIdFields => {
    const pairs = (environment[name] ?? '').split(',').filter((pair) => pair.trim() !== '');
    return new Map(
      pairs.map((pair): [string, string] => {
        const [, object, field] = PAIR.exec(pair.trim()) ?? [];
        if (object && field) return [object.toLowerCase(), field];
        throw new Error(`${name} must be written as Object:Field__c, separated by commas`);
      }),
    );
  };
