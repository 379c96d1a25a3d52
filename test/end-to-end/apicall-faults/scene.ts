import { type ApiCallScene, apiCallScene } from '../../../local/chaos/apicall-scene.ts';
import { stack } from '../harness.ts';
import { EVENT_ID_FIELDS } from './requests.ts';

export type Scene = ApiCallScene;

export const prepare = (recordsPerCall: number): Promise<Scene> =>
  apiCallScene(stack, { maxAttempts: 10, recordsPerCall, eventIdFields: EVENT_ID_FIELDS });
