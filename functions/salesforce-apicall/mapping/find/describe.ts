import { isJsonObject, type JsonObject } from '#common/json.ts';
import type { ApiCallRequest } from '../../request/schema.ts';
import type { RequestResult } from '../../result.ts';
import type { LookUp } from './look-up.ts';

/** The types of an object's fields, and of its parents'. A field that the description lacks is taken for a text. */
export interface FieldTypes {
  readonly typeOf: (field: string) => string;
}

interface Field {
  readonly type: string;
  /** The parent object, of a relationship's name. */
  readonly parent?: string;
}

/** Lower-case field and relationship names → what they are. */
type Description = ReadonlyMap<string, Field>;

/** A new field is known after this time, in milliseconds, at the latest. */
const MAX_AGE_MS = 600_000;

function descriptionOf(body: unknown): Description {
  const fields: unknown = isJsonObject(body) ? body['fields'] : [];
  const entries = (Array.isArray(fields) ? fields.filter(isJsonObject) : []).flatMap(
    ({ name, type, relationshipName, referenceTo }: JsonObject): [string, Field][] => {
      const own: [string, Field] = [String(name).toLowerCase(), { type: String(type) }];
      const [parent] = Array.isArray(referenceTo) ? referenceTo : [];
      if (typeof relationshipName !== 'string' || typeof parent !== 'string') return [own];
      return [own, [relationshipName.toLowerCase(), { type: 'parent', parent }]];
    },
  );
  return new Map(entries);
}

const describeRequest = (object: string): ApiCallRequest => ({
  action: 'GET',
  resource: 'sobjects',
  object: `${object}/describe`,
});

/** An object's type, or why it could not be described. */
export type Described = FieldTypes | RequestResult;

export const isDescribed = (described: Described): described is FieldTypes => 'typeOf' in described;

interface Cached {
  readonly description: Description;
  readonly readAt: number;
}

/** The descriptions of objects, kept for the lifetime of this Lambda process, ten minutes each. */
export class Descriptions {
  readonly #now: () => number;
  readonly #cached = new Map<string, Cached>();

  /** @param now milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  #known(object: string): Description | undefined {
    const cached = this.#cached.get(object.toLowerCase());
    return cached && this.#now() - cached.readAt < MAX_AGE_MS ? cached.description : undefined;
  }

  /** The objects of a path's parents that are not described yet: at most one, the next. */
  #missing(object: string, fields: readonly string[]): string[] {
    const description = this.#known(object);
    if (description === undefined) return [object];
    return fields.flatMap((field) => {
      const [first = '', ...others] = field.split('.');
      const { parent } = description.get(first.toLowerCase()) ?? {};
      return others.length > 0 && parent !== undefined
        ? this.#missing(parent, [others.join('.')])
        : [];
    });
  }

  #typeOf(object: string, field: string): string {
    const [first = '', ...others] = field.split('.');
    const known = this.#known(object)?.get(first.toLowerCase());
    if (known?.parent !== undefined && others.length > 0)
      return this.#typeOf(known.parent, others.join('.'));
    return known?.type ?? 'string';
  }

  /** Describes objects, and the parents whose fields are named. One call for up to 25, and none for those known. */
  async describe(
    objects: ReadonlyMap<string, readonly string[]>,
    lookUp: LookUp,
  ): Promise<Map<string, Described>> {
    const failed = new Map<string, RequestResult>();
    const unknown = (): string[] => {
      const missing = [...objects].flatMap(([object, fields]) => this.#missing(object, fields));
      return [...new Set(missing)].filter((object) => !failed.has(object));
    };
    for (let next = unknown(); next.length > 0; next = unknown()) {
      const results = await lookUp(next.map(describeRequest));
      for (const [index, object] of next.entries()) {
        const result = results[index] ?? { kind: 'not-started' };
        if (!this.#keep(object, result)) failed.set(object, result);
      }
    }
    return new Map(
      [...objects].map(([object, fields]): [string, Described] => {
        const [missing] = this.#missing(object, fields);
        const failure = missing === undefined ? undefined : failed.get(missing);
        return [object, failure ?? { typeOf: (field) => this.#typeOf(object, field) }];
      }),
    );
  }

  #keep(object: string, result: RequestResult): boolean {
    if (result.kind !== 'finished' || result.outcome.kind === 'failure') return false;
    const description = descriptionOf(result.outcome.body);
    this.#cached.set(object.toLowerCase(), { description, readAt: this.#now() });
    return true;
  }
}
