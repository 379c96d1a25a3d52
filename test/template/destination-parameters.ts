const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';
const LATTICE = 'arn:aws:vpc-lattice:us-east-1:000000000000:resourceconfiguration/rcfg-';

export const connection = {
  SalesforceMyDomainUrl: 'https://example.my.salesforce.com',
  ConnectionSecretArn: `${SECRET}salesforce`,
  ConnectionSecretVersionId: 'version-1',
};

export const cloudEvents = {
  CloudEventsEndpoint: 'https://broker.example/events',
  CloudEventsSecretArn: `${SECRET}broker`,
  CloudEventsSecretVersionId: 'version-2',
};

export const partner = {
  PartnerEventSourceName: 'aws.partner/salesforce.com/00D000000000001EAA/0YL000000000001CAA',
};

/** All parameters of API destinations and partner events. */
export const everything = {
  ...connection,
  ...cloudEvents,
  ...partner,
  ConnectionGrantType: 'password',
  ConnectionKmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1',
  ConnectionResourceConfigurationArn: `${LATTICE}11111111111111111`,
  ConnectionOAuthResourceConfigurationArn: `${LATTICE}22222222222222222`,
  CloudEventsResourceConfigurationArn: `${LATTICE}33333333333333333`,
  PlatformEventName: 'Carbon_Estimate__e',
  ContactExternalIdField: 'Customer_Id__c',
  AlarmTopicArn: 'arn:aws:sns:us-east-1:000000000000:alarms',
};
