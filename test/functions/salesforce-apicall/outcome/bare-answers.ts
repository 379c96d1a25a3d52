import type { ExpectedClass } from './error-bodies.ts';

const maintenancePage =
  '<html><head><title>We are down for maintenance.</title></head><body>Sorry for the inconvenience. We’ll be back shortly.</body></html>';

/** Answers without Salesforce's errors, of gateways above all: status, body, and expected class of what may be repeated. */
export const bareAnswers: readonly (readonly [number, unknown, ExpectedClass])[] = [
  [300, ['/services/data/v68.0/sobjects/Contact/0035g00000ABCDEAA4'], 'permanent-data'],
  [301, '<html>Moved Permanently</html>', 'configuration'],
  [302, '', 'configuration'],
  [400, '<html>Bad Request</html>', 'permanent-data'],
  [401, '', 'configuration'],
  [403, '<html>Forbidden</html>', 'configuration'],
  [404, '<html>URL No Longer Exists</html>', 'permanent-data'],
  [405, '', 'permanent-data'],
  [408, '', 'retry-soon'],
  [409, '', 'retry-soon, 3 tries'],
  [410, '', 'configuration'],
  [412, '', 'permanent-data'],
  [413, '<html>Request Entity Too Large</html>', 'permanent-size'],
  [414, '', 'permanent-size'],
  [415, '', 'permanent-data'],
  [420, '', 'retry-later'],
  [428, '', 'permanent-data'],
  [429, '', 'retry-soon'],
  [431, '', 'permanent-size'],
  [500, '<html>Error</html>', 'retry-soon'],
  [502, '<html>Bad Gateway</html>', 'retry-soon'],
  [503, '<html>Service Unavailable</html>', 'retry-soon'],
  [503, maintenancePage, 'retry-later'],
  [504, '', 'retry-soon'],
];
