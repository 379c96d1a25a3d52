import { ApiError, apiError, entryOf } from '../../errors.ts';
import { isObject, malformed } from '../../json.ts';
import type { Fields } from '../../org/input.ts';
import type { Org } from '../../org/org.ts';
import { findChildren, type SObjectType } from '../../org/schema.ts';
import type { Resource, RestRequest, RestResponse } from '../../resource.ts';
import { requireAtMost } from '../collections.ts';
import { fieldsOf, typeOf } from '../record.ts';

/** "sObject Tree". */
const MAX_RECORDS = 200;
const MAX_TYPES = 5;
const MAX_DEPTH = 5;

interface Node {
  readonly type: SObjectType;
  readonly referenceId: string;
  readonly fields: Fields;
  /** The field that refers to the parent, and the parent. */
  readonly parent?: { readonly field: string; readonly node: Node };
}

/** A nested list of children, as `{"records":[…]}`. */
const isList = (value: unknown): value is { readonly records: readonly unknown[] } =>
  isObject(value) && Array.isArray(value['records']);

/** @throws ApiError 400 for the entire request: codes and texts are guesses. */
function toNode(org: Org, value: unknown, expected: SObjectType, parent?: Node['parent']) {
  const attributes = isObject(value) ? value['attributes'] : undefined;
  const { type: name, referenceId } = isObject(attributes) ? attributes : {};
  if (!isObject(value) || typeof name !== 'string' || typeof referenceId !== 'string')
    throw malformed(
      'Each record must be an object with attributes.type and attributes.referenceId',
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9_]*$/.test(referenceId))
    throw malformed(
      `The referenceId '${referenceId}' must start with a letter or a number, and contain only letters, numbers and underscores`,
    );
  const type = org.requireSObject(name);
  if (type.name !== expected.name)
    throw apiError(
      400,
      'INVALID_INPUT',
      `A record of ${expected.name} is expected, but the record '${referenceId}' is of ${type.name}`,
    );
  const { attributes: _attributes, ...rest } = value;
  const own = Object.entries(rest).filter(([, field]) => !isList(field));
  const node: Node = {
    type,
    referenceId,
    fields: Object.fromEntries(own),
    ...(parent ? { parent } : {}),
  };
  return { node, lists: Object.entries(rest).filter(([, field]) => isList(field)) };
}

/** The nodes of a level, and then those below, as the results list them. */
function nodesOf(
  org: Org,
  values: readonly { value: unknown; type: SObjectType; parent?: NonNullable<Node['parent']> }[],
  depth: number,
): Node[] {
  if (values.length === 0) return [];
  if (depth > MAX_DEPTH) throw malformed(`Trees can't be deeper than ${MAX_DEPTH} levels`);
  const level = values.map(({ value, type, parent }) => toNode(org, value, type, parent));
  const below = level.flatMap(({ node, lists }) =>
    lists.flatMap(([name, list]) => {
      const found = findChildren(org.schema, node.type, name);
      if (found === undefined)
        throw apiError(
          400,
          'INVALID_FIELD',
          `No such relationship '${name}' on sobject of type ${node.type.name}`,
        );
      const [type, field] = found;
      const records = isList(list) ? list.records : [];
      return records.map((value) => ({ value, type, parent: { field: field.name, node } }));
    }),
  );
  return [...level.map(({ node }) => node), ...nodesOf(org, below, depth + 1)];
}

function requireLimits(nodes: readonly Node[]): void {
  requireAtMost(MAX_RECORDS, nodes.length);
  const types = new Set(nodes.map(({ type }) => type.name));
  if (types.size > MAX_TYPES) throw malformed(`Trees can't have more than ${MAX_TYPES} types`);
}

class Failed extends Error {
  readonly result: object;

  constructor(referenceId: string, error: ApiError) {
    super('A record of a tree failed');
    this.result = { referenceId, errors: [entryOf(error)] };
  }
}

function insert(org: Org, { type, fields, parent, referenceId }: Node, ids: Map<Node, string>) {
  const reference = parent ? { [parent.field]: ids.get(parent.node) } : {};
  try {
    return org.dml.insert(type, { ...fields, ...reference });
  } catch (error) {
    if (error instanceof ApiError) throw new Failed(referenceId, error);
    throw error;
  }
}

/** Results of reference ids that come twice, one for each. The code and text are guesses. */
function duplicates(nodes: readonly Node[]): object[] {
  const ids = nodes.map(({ referenceId }) => referenceId);
  return ids
    .filter((id) => ids.indexOf(id) !== ids.lastIndexOf(id))
    .map((referenceId) => {
      const message = `Duplicate ReferenceId provided in the request: ${referenceId}`;
      const errors = [{ statusCode: 'INVALID_INPUT', message, fields: [] }];
      return { referenceId, errors };
    });
}

const failure = (results: readonly object[]): RestResponse => ({
  status: 400,
  body: { hasErrors: true, results },
});

function tree(request: RestRequest, org: Org): RestResponse {
  const type = typeOf(request, org);
  const { records } = fieldsOf(request);
  if (!Array.isArray(records)) throw malformed('records must be an array');
  const nodes = nodesOf(
    org,
    records.map((value) => ({ value, type })),
    1,
  );
  requireLimits(nodes);
  const repeated = duplicates(nodes);
  if (repeated.length > 0) return failure(repeated);
  try {
    const ids = new Map<Node, string>();
    org.dml.together(() => {
      for (const node of nodes) ids.set(node, insert(org, node, ids));
    });
    const results = nodes.map((node) => ({ referenceId: node.referenceId, id: ids.get(node) }));
    return { status: 201, body: { hasErrors: false, results } };
  } catch (error) {
    if (error instanceof Failed) return failure([error.result]);
    throw error;
  }
}

/** "sObject Tree": creates records with their children, or none of them. */
export const compositeTree: Resource = {
  path: '/composite/tree/:sObject',
  methods: { POST: tree },
};
