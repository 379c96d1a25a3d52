import { describeField } from '../org/field-describe.ts';
import type { Handler, Resource } from '../resource.ts';
import { MASTER_RECORD_TYPE } from './describe.ts';

/** The compact layout that every object has, and this org's only one: it shows the name. */
const compactLayouts: Handler = ({ params, version }, org) => {
  const type = org.requireSObject(params['sObject'] ?? '');
  const url = `/services/data/${version}/sobjects/${type.name}/describe/compactLayouts`;
  const fields = type.fields.filter(({ name }) => name === 'Name');
  const fieldItems = fields.map((field) => {
    const details = describeField(org.permissions, type, field);
    const component = { details, displayLines: 1, tabOrder: 1, type: 'Field', value: field.name };
    return {
      editableForNew: false,
      editableForUpdate: false,
      label: details.label,
      layoutComponents: [component],
      placeholder: false,
      required: false,
    };
  });
  const layout = {
    actions: [],
    fieldItems,
    id: null,
    imageItems: [],
    label: 'System Default',
    name: 'SYSTEM',
    objectType: type.name,
  };
  const mapping = {
    available: true,
    compactLayoutId: null,
    compactLayoutName: layout.name,
    recordTypeId: MASTER_RECORD_TYPE,
    recordTypeName: 'Master',
    urls: { compactLayout: `${url}/${MASTER_RECORD_TYPE}` },
  };
  return {
    status: 200,
    body: {
      compactLayouts: [layout],
      defaultCompactLayoutId: null,
      recordTypeCompactLayoutMappings: [mapping],
      urls: { primary: `${url}/primary` },
    },
  };
};

/** This org has no approval processes. */
const approvalLayouts: Handler = ({ params }, org) => {
  org.requireSObject(params['sObject'] ?? '');
  return { status: 200, body: { approvalLayouts: [] } };
};

/** "SObject CompactLayouts" and "SObject ApprovalLayouts". */
export const layouts: readonly Resource[] = [
  { path: '/sobjects/:sObject/describe/compactLayouts', methods: { GET: compactLayouts } },
  { path: '/sobjects/:sObject/describe/approvalLayouts', methods: { GET: approvalLayouts } },
];
