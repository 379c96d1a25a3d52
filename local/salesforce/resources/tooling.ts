import { notSimulated } from '../errors.ts';
import { isObject, malformed } from '../json.ts';
import type { CustomField } from '../org/custom-fields.ts';
import { Database, type Row } from '../org/database.ts';
import { isCustom } from '../org/fields.ts';
import { toLongId } from '../org/ids.ts';
import type { Org } from '../org/org.ts';
import { createSchema, type SObjectDefinition } from '../org/schema.ts';
import type { Handler, Resource, RestRequest } from '../resource.ts';
import { runQuery } from '../soql/query.ts';
import { refusing } from './not-simulated.ts';

const text = (name: string) => ({ name, type: 'string' }) as const;
const flag = (name: string) => ({ name, type: 'boolean' }) as const;
const entity = {
  name: 'EntityDefinitionId',
  type: 'reference',
  referenceTo: ['EntityDefinition'],
} as const;

/** "Tooling API": what can be queried of the org's objects and fields. */
const DEFINITIONS: readonly SObjectDefinition[] = [
  {
    name: 'EntityDefinition',
    fields: [
      'Id',
      ...['DurableId', 'QualifiedApiName', 'DeveloperName', 'Label', 'PluralLabel'].map(text),
      ...['KeyPrefix', 'NamespacePrefix'].map(text),
      flag('IsCustomizable'),
    ],
  },
  {
    name: 'FieldDefinition',
    fields: [
      'Id',
      ...['DurableId', 'QualifiedApiName', 'DeveloperName', 'Label', 'DataType'].map(text),
      ...['NamespacePrefix', 'RelationshipName'].map(text),
      { name: 'Length', type: 'int' },
      ...['IsNillable', 'IsIndexed', 'IsCalculated', 'IsFlsEnabled'].map(flag),
      entity,
    ],
  },
  {
    name: 'CustomField',
    keyPrefix: '00N',
    fields: [
      'Id',
      ...['DeveloperName', 'TableEnumOrId', 'NamespacePrefix', 'ManageableState'].map(text),
      { ...text('FullName'), idLookup: true },
      entity,
    ],
  },
];

const developerName = (name: string): string => name.replace(/__[a-z]+$/i, '');

function rowsOf({ schema, customFields }: Org): Readonly<Record<string, Row[]>> {
  const ids = new Map(
    customFields.list().map(({ id, type, field }) => [`${type.name}.${field.name}`, id]),
  );
  const types = schema.all();
  return {
    EntityDefinition: types.map(({ name, label, labelPlural, keyPrefix }) => ({
      Id: toLongId(name),
      DurableId: name,
      QualifiedApiName: name,
      DeveloperName: developerName(name),
      Label: label,
      PluralLabel: labelPlural,
      KeyPrefix: keyPrefix,
      IsCustomizable: true,
    })),
    FieldDefinition: types.flatMap((type) =>
      type.fields.map((field) => {
        const DurableId = `${type.name}.${ids.get(`${type.name}.${field.name}`) ?? field.name}`;
        return {
          Id: DurableId,
          DurableId,
          QualifiedApiName: field.name,
          DeveloperName: developerName(field.name),
          Label: field.label,
          DataType: field.type,
          Length: field.length ?? 0,
          IsNillable: field.required !== true,
          IsIndexed: field.externalId === true || field.unique === true,
          IsCalculated: field.calculated === true,
          IsFlsEnabled: field.required !== true && isCustom(field.name),
          EntityDefinitionId: type.name,
        };
      }),
    ),
    CustomField: customFields.list().map(({ id, type, field }) => ({
      Id: id,
      DeveloperName: developerName(field.name),
      TableEnumOrId: type.name,
      FullName: `${type.name}.${field.name}`,
      ManageableState: 'unmanaged',
      EntityDefinitionId: type.name,
    })),
  };
}

/** The objects of Tooling API as an org of their own, so that the one SOQL engine queries them. */
function toolingOrg(org: Org): Org {
  const schema = createSchema();
  for (const definition of DEFINITIONS) schema.define(definition);
  const database = new Database(schema);
  for (const [name, rows] of Object.entries(rowsOf(org))) {
    const type = schema.sObject(name);
    if (type) for (const row of rows) database.save(type, row);
  }
  // Entities are referred to by their names, which have no key prefix, and by nothing else.
  const byId = () => schema.sObject('EntityDefinition');
  return { ...org, schema: { ...schema, byId }, database, sObject: schema.sObject };
}

const query: Handler = ({ query: parameters, version }, org) => {
  const { totalSize, records } = runQuery(parameters.get('q') ?? '', {
    org: toolingOrg(org),
    deleted: false,
    urlOf: ({ name }, id) => `/services/data/${version}/tooling/sobjects/${name}/${id}`,
  });
  return {
    status: 200,
    body: { size: records.length, totalSize, done: true, queryLocator: null, records },
  };
};

/** The body of a POST or PATCH: `FullName` and `Metadata`. */
function partsOf({ body }: RestRequest): { FullName: unknown; Metadata: unknown } {
  if (!isObject(body)) throw malformed('The request body must be an object');
  const { FullName, Metadata } = body;
  return { FullName, Metadata };
}

const METADATA_TYPES = {
  boolean: 'Checkbox',
  double: 'Number',
  reference: 'Lookup',
  string: 'Text',
};

function toRecord({ id, type, field }: CustomField, version: string) {
  const { name, label, length, precision, scale, referenceTo } = field;
  const known = Object.entries(METADATA_TYPES).find(([kind]) => kind === field.type)?.[1];
  return {
    attributes: {
      type: 'CustomField',
      url: `/services/data/${version}/tooling/sobjects/CustomField/${id}`,
    },
    Id: id,
    DeveloperName: developerName(name),
    TableEnumOrId: type.name,
    FullName: `${type.name}.${name}`,
    ManageableState: 'unmanaged',
    NamespacePrefix: null,
    Metadata: {
      type: known ?? field.type.charAt(0).toUpperCase() + field.type.slice(1),
      label,
      length: length ?? null,
      precision: precision ?? null,
      scale: scale ?? null,
      required: field.required === true,
      unique: field.unique === true,
      externalId: field.externalId === true,
      caseSensitive: field.caseSensitive === true,
      referenceTo: referenceTo?.[0] ?? null,
    },
  };
}

function requireCustomField({ params }: RestRequest): void {
  const name = params['sObject'] ?? '';
  if (name.toLowerCase() === 'customfield') return;
  throw notSimulated(`Tooling API's ${name}`);
}

const idOf = ({ params }: RestRequest): string => params['id'] ?? '';

/** "Tooling API": custom fields, and queries of objects and fields. */
export const tooling: readonly Resource[] = [
  { path: '/tooling/query', methods: { GET: query } },
  {
    path: '/tooling/sobjects/:sObject',
    methods: {
      POST: (request, { customFields }) => {
        requireCustomField(request);
        const { FullName, Metadata } = partsOf(request);
        const id = customFields.create(FullName, Metadata);
        return { status: 201, body: { id, success: true, errors: [], warnings: [], infos: [] } };
      },
    },
  },
  {
    path: '/tooling/sobjects/:sObject/:id',
    methods: {
      GET: (request, { customFields }) => {
        requireCustomField(request);
        return { status: 200, body: toRecord(customFields.find(idOf(request)), request.version) };
      },
      PATCH: (request, { customFields }) => {
        requireCustomField(request);
        customFields.update(idOf(request), partsOf(request).Metadata);
        return { status: 204 };
      },
      DELETE: (request, { customFields }) => {
        requireCustomField(request);
        customFields.remove(idOf(request));
        return { status: 204 };
      },
    },
  },
  refusing('/tooling/*', 'This part of Tooling API'),
];
