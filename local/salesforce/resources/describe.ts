import { describeField } from '../org/field-describe.ts';
import { isPlatformEvent } from '../org/fields.ts';
import type { Org } from '../org/org.ts';
import { childRelationshipOf, type SObjectType } from '../org/schema.ts';
import type { Handler, Resource } from '../resource.ts';
import { recentItems } from './recent.ts';

/** "SOAP API Developer Guide", merge(). */
const MERGEABLE = ['Account', 'Contact', 'Individual', 'Lead'];

/** The record type of records without one. */
export const MASTER_RECORD_TYPE = '012000000000000AAA';

function urlsOf({ name, keyPrefix }: SObjectType, version: string, host: string) {
  const sobject = `/services/data/${version}/sobjects/${name}`;
  return {
    compactLayouts: `${sobject}/describe/compactLayouts`,
    rowTemplate: `${sobject}/{ID}`,
    approvalLayouts: `${sobject}/describe/approvalLayouts`,
    uiDetailTemplate: `${host}/{ID}`,
    uiEditTemplate: `${host}/{ID}/e`,
    listviews: `${sobject}/listviews`,
    describe: `${sobject}/describe`,
    uiNewRecord: `${host}/${keyPrefix}/e`,
    quickActions: `${sobject}/quickActions`,
    layouts: `${sobject}/describe/layouts`,
    sobject,
  };
}

/** An object in the list of all objects ("SOAP API Developer Guide", DescribeGlobalResult). */
function summaryOf({ permissions }: Org, type: SObjectType, version: string) {
  const { name, label, labelPlural, keyPrefix, custom } = type;
  const isRecord = !isPlatformEvent(name);
  const isBusiness = isRecord && type.setup !== true;
  const {
    uiDetailTemplate: _detail,
    uiEditTemplate: _edit,
    uiNewRecord: _new,
    ...urls
  } = urlsOf(type, version, '');
  return {
    activateable: false,
    associateEntityType: null,
    associateParentEntity: null,
    createable: type.createable !== false && permissions.canUse(type, 'Create'),
    custom,
    customSetting: false,
    deepCloneable: false,
    deletable: isRecord && type.deletable !== false && permissions.canUse(type, 'Delete'),
    deprecatedAndHidden: false,
    feedEnabled: false,
    hasSubtypes: name === 'Account',
    isInterface: false,
    isSubtype: false,
    keyPrefix,
    label,
    labelPlural,
    layoutable: isBusiness,
    mergeable: MERGEABLE.includes(name),
    mruEnabled: isBusiness,
    name,
    queryable: isRecord,
    replicateable: isRecord,
    retrieveable: isRecord,
    searchable: isBusiness,
    triggerable: true,
    undeletable: isBusiness && type.deletable !== false,
    updateable: isRecord && permissions.canUse(type, 'Edit'),
    urls,
  };
}

const childrenOf = (org: Org, { name }: SObjectType) =>
  org.schema
    .all()
    .filter((child) => org.sObject(child.name) !== undefined)
    .flatMap((child) =>
      child.fields
        .filter(
          (field) =>
            field.referenceTo?.some((to) => to.toLowerCase() === name.toLowerCase()) &&
            org.permissions.canRead(child, field),
        )
        .map((field) => ({
          cascadeDelete: field.masterDetail === true || field.cascadeDelete === true,
          childSObject: child.name,
          deprecatedAndHidden: false,
          field: field.name,
          junctionIdListNames: [],
          junctionReferenceTo: [],
          relationshipName: childRelationshipOf(child, field) ?? null,
          restrictedDelete: false,
        })),
    );

function recordTypesOf({ name, recordTypes }: SObjectType, version: string) {
  const layouts = `/services/data/${version}/sobjects/${name}/describe/layouts`;
  const master = {
    id: MASTER_RECORD_TYPE,
    developerName: 'Master',
    default: recordTypes.length === 0,
  };
  return [...recordTypes, master].map((one) => ({
    active: true,
    available: true,
    defaultRecordTypeMapping: one.default === true,
    developerName: one.developerName,
    master: one.id === MASTER_RECORD_TYPE,
    name: ('name' in one ? one.name : undefined) ?? one.developerName,
    recordTypeId: one.id,
    urls: { layout: `${layouts}/${one.id}` },
  }));
}

const describe: Handler = ({ params, version, headers }, org) => {
  const type = org.requireSObject(params['sObject'] ?? '');
  const visible = type.fields.filter((field) => org.permissions.canRead(type, field));
  const body = {
    ...summaryOf(org, type, version),
    actionOverrides: [],
    childRelationships: childrenOf(org, type),
    compactLayoutable: true,
    defaultImplementation: null,
    extendedBy: null,
    extendsInterfaces: null,
    fields: visible.map((field) => describeField(org.permissions, type, field)),
    implementedBy: null,
    implementsInterfaces: null,
    listviewable: null,
    lookupLayoutable: null,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos: recordTypesOf(type, version),
    searchLayoutable: true,
    sobjectDescribeOption: 'FULL',
    supportedScopes: [{ label: `All ${type.labelPlural.toLowerCase()}`, name: 'everything' }],
    urls: urlsOf(type, version, `http://${headers['host'] ?? ''}`),
  };
  return { status: 200, body };
};

const visibleTypes = (org: Org): SObjectType[] =>
  org.schema
    .all()
    .filter(({ name }) => org.sObject(name) !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** GET of "sObject Basic Information". */
export const basicInformation: Handler = ({ params, version }, org) => {
  const type = org.requireSObject(params['sObject'] ?? '');
  const objectDescribe = summaryOf(org, type, version);
  return { status: 200, body: { objectDescribe, recentItems: recentItems(org, version, type) } };
};

/** "Describe Global" and "sObject Describe". */
export const describes: readonly Resource[] = [
  {
    path: '/sobjects',
    methods: {
      GET: ({ version }, org) => ({
        status: 200,
        body: {
          encoding: 'UTF-8',
          maxBatchSize: 200,
          sobjects: visibleTypes(org).map((type) => summaryOf(org, type, version)),
        },
      }),
    },
  },
  { path: '/sobjects/:sObject/describe', methods: { GET: describe } },
];
