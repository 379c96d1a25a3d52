import type { Answer } from '../salesforce/call.ts';
import type { Member } from './member.ts';
import { resultAnswer } from './results.ts';
import { jsonHeaders } from './single.ts';
import type { ApiCall, Planned } from './types.ts';

/** "sObject Collections" of the REST API Developer Guide. */
function pathOf(member: Member, apiVersion: string): string {
  const path = `/services/data/${apiVersion}/composite/sobjects`;
  if (member.verb !== 'upsert') return path;
  return `${path}/${encodeURIComponent(member.type)}/${encodeURIComponent(member.field)}`;
}

function toAnswers({ status, body }: Answer, members: readonly Member[]): Answer[] | undefined {
  if (status !== 200 || !Array.isArray(body) || body.length !== members.length) return undefined;
  return members.map(({ verb }, index) => resultAnswer(verb, body[index]));
}

/** A request and what it is in a collection. */
export interface Entry<Item> {
  readonly item: Item;
  readonly member: Member;
}

/** One collection call for requests of one group: each record stands or falls on its own. */
export function collectionCall<Item extends Planned>(
  [first, ...others]: readonly [Entry<Item>, ...Entry<Item>[]],
  apiVersion: string,
): ApiCall<Item> {
  const entries = [first, ...others];
  const members = entries.map(({ member }) => member);
  const records = members.map(({ record }) => record);
  return {
    items: entries.map(({ item }) => item),
    call: {
      method: first.member.verb === 'create' ? 'POST' : 'PATCH',
      path: pathOf(first.member, apiVersion),
      headers: { ...first.item.request.headers, ...jsonHeaders },
      body: JSON.stringify({ allOrNone: false, records }),
    },
    toAnswers: (answer) => toAnswers(answer, members),
  };
}
