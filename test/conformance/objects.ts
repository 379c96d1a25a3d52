/** What the suites of stock clients need besides standard objects. */
export const CLIENT_OBJECTS = [
  {
    name: 'Client__c',
    fields: [
      { name: 'Ext__c', type: 'string', length: 80, externalId: true, unique: true },
      { name: 'Loose__c', type: 'string', length: 80, externalId: true },
    ],
  },
];
