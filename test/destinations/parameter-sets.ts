const LATTICE = 'arn:aws:vpc-lattice:us-east-1:000000000000:resourceconfiguration/rcfg-';

export const basic = { Authorization: 'BASIC', Endpoint: 'https://api.example/orders' };
const apiKey = { Authorization: 'API_KEY', Endpoint: 'https://api.example/orders' };
export const oauth = {
  Authorization: 'OAUTH_CLIENT_CREDENTIALS',
  TokenEndpoint: 'https://login.example/token',
  Endpoint: 'https://api.example/customers/*/orders/*',
  PathParameter1: '$.detail.customer.id',
  PathParameter2: '$.detail.orderId',
};
export const slots = {
  HeaderName1: 'X-Tenant',
  HeaderValue1: 'eu',
  HeaderName4: 'Accept',
  HeaderValue4: 'application/json',
  QueryName1: 'notify',
  QueryValue1: 'yes & no',
  BodyName1: 'channel',
  BodyValue1: '#orders',
};
/** One parameter set for each kind of authorization, and one with private endpoints. */
export const sets = {
  basic,
  apiKey: { ...apiKey, ...slots, ApiKeyScheme: 'Bearer' },
  oauth: { ...oauth, ...slots, Scope: 'orders write', Audience: 'https://api.example' },
  oauthPassword: { ...oauth, GrantType: 'password', InputPath: '$.detail' },
  private: {
    ...oauth,
    KmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1',
    ResourceConfigurationArn: `${LATTICE}11111111111111111`,
    OAuthResourceConfigurationArn: `${LATTICE}22222222222222222`,
    AlarmTopicArn: 'arn:aws:sns:us-east-1:000000000000:alarms',
    PermissionsBoundaryArn: 'arn:aws:iam::000000000000:policy/boundary',
  },
};
