import { apiError } from './errors.ts';
import type { Faults } from './faults.ts';
import type { SObjects } from './sobjects.ts';
import type { Fields } from './store.ts';

/** Applies faults with scope `record` to writes, in single calls, collections, and composite. */
export function failing(sobjects: SObjects, faults: Faults): SObjects {
  const check = (method: string, path: string, fields: Fields = {}): void => {
    const request = { method, url: `/sobjects/${path}`, body: JSON.stringify(fields) };
    const fault = faults.take('record', request);
    if (fault) throw apiError(fault.status, fault.errorCode, fault.message, []);
  };
  return {
    ...sobjects,
    create: (sObject, fields) => {
      check('POST', sObject, fields);
      return sobjects.create(sObject, fields);
    },
    update: (sObject, id, fields) => {
      check('PATCH', `${sObject}/${id}`, fields);
      return sobjects.update(sObject, id, fields);
    },
    upsert: (target, fields) => {
      check('PATCH', `${target.sObject}/${target.field}/${target.value}`, fields);
      return sobjects.upsert(target, fields);
    },
    delete: (sObject, id) => {
      check('DELETE', `${sObject}/${id}`);
      return sobjects.delete(sObject, id);
    },
    deleteByExternalId: (sObject, field, value) => {
      check('DELETE', `${sObject}/${field}/${value}`);
      return sobjects.deleteByExternalId(sObject, field, value);
    },
  };
}
