import type { Provider } from '#common/webhook/handler.ts';
import { describe } from './describe.ts';
import { signatureOf } from './verify.ts';

/**
 * GitHub, as the webhook flow sees it.
 *
 * @param accepted event names that are published; `undefined` - all.
 */
export const githubProvider = (accepted?: ReadonlySet<string>): Provider => ({
  name: 'github',
  contentTypes: ['application/json', 'application/x-www-form-urlencoded'],
  signatureOf,
  describe: (request) => describe(request, accepted),
});
