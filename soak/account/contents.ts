import type { simulatedOrg } from '../../local/demo/salesforce.ts';
import { WORD } from '../events/plan.ts';
import { objects } from '../events/ways.ts';

/** What Salesforce has in the end: in how many records each word stands, and which records there are. */
export interface Contents {
  readonly words: ReadonlyMap<string, number>;
  readonly ids: ReadonlySet<string>;
}

/** Every word that a text holds, once. */
export const wordsIn = (text: string): Set<string> => new Set(text.match(WORD) ?? []);

export async function readContents(org: ReturnType<typeof simulatedOrg>): Promise<Contents> {
  const records = (await Promise.all(objects.map((object) => org.records(object)))).flat();
  const words = new Map<string, number>();
  for (const record of records) {
    for (const word of wordsIn(JSON.stringify(record))) {
      words.set(word, (words.get(word) ?? 0) + 1);
    }
  }
  return { words, ids: new Set(records.map(({ Id }) => Id)) };
}
