import { Sessions } from '../../../functions/salesforce-apicall/salesforce/session.ts';
import type { Send } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { createOrg } from '../org.ts';
import { administratorRemedyFor } from '../remedies.ts';
import type { EventIdField } from '../settings.ts';
import { createSteps, printable, type StepResult } from '../steps.ts';
import { ownerOf } from './field.ts';
import type { AdministratorSession } from './session.ts';
import {
  type Administration,
  assign,
  checkSession,
  findObject,
  findUser,
  grantField,
  makeField,
  PERMISSION_SET,
  providePermissionSet,
} from './setup.ts';

interface Wanted {
  readonly objects: readonly string[];
  readonly field: string;
  /** The integration user's username. */
  readonly user: string;
  readonly apiVersion: string;
}

interface Provided {
  readonly results: readonly StepResult[];
  /** Those that the integration user can use. */
  readonly fields: readonly EventIdField[];
}

type Run = ReturnType<typeof createSteps>['run'];

/** @returns those that exist now; Task and Event share a field. */
async function makeFields(
  run: Run,
  at: Administration | undefined,
  { objects, field }: Pick<Wanted, 'objects' | 'field'>,
): Promise<EventIdField[]> {
  const made: EventIdField[] = [];
  const byOwner = new Map<string, string | undefined>();
  for (const typed of objects) {
    const object = await run(`object ${typed}`, at, (found) => findObject(found, typed));
    const owner = ownerOf(object ?? typed);
    if (!byOwner.has(owner)) {
      const input = object === undefined ? undefined : at;
      const step = `field ${owner}.${field}`;
      byOwner.set(owner, await run(step, input, (found) => makeField(found, owner, field)));
    }
    if (object !== undefined && byOwner.get(owner) !== undefined) made.push({ object, field });
  }
  return made;
}

/** @returns those that the user can use now. */
async function grantFields(
  run: Run,
  user: { readonly at: Administration; readonly userId: string } | undefined,
  made: readonly EventIdField[],
): Promise<EventIdField[]> {
  const input = made.length > 0 ? user : undefined;
  const set = await run(`permission set ${PERMISSION_SET}`, input, async (found) => {
    const { value: setId, detail } = await providePermissionSet(found.at);
    return { value: { ...found, setId }, detail };
  });
  const granted: EventIdField[] = [];
  for (const pair of made) {
    const step = `permission for ${pair.object}.${pair.field}`;
    if (await run(step, set, ({ at, setId }) => grantField(at, setId, pair))) granted.push(pair);
  }
  const isAssigned = await run('assignment', set, ({ at, setId, userId }) =>
    assign(at, setId, userId),
  );
  return isAssigned ? granted : [];
}

/**
 * Makes the field on each object and grants it to the integration user, step by step. What exists is left as it is, so that
 * it can be repeated.
 *
 * @param onResult is called with each result that can be printed, as soon as there is one.
 */
export async function provideEventIdFields(
  session: AdministratorSession,
  { objects, field, user, apiVersion }: Wanted,
  send: Send,
  onResult: (result: StepResult) => void,
): Promise<Provided> {
  const shown = (results: readonly StepResult[]) => printable(results, [session.accessToken]);
  const { results, run } = createSteps((result) => shown([result]).forEach(onResult));
  const org = createOrg({
    instanceUrl: session.instanceUrl,
    sessions: new Sessions(() => Promise.resolve(session)),
    send,
    remedyOf: administratorRemedyFor,
  });
  const at = await run('session', org, async (value) => {
    const username = await checkSession(value, user);
    const detail = `${username}, at ${session.instanceUrl}, from ${session.origin}`;
    return { value: { org: value, apiVersion }, detail };
  });
  const userId = await run('integration user', at, (found) => findUser(found, user));
  const made = await makeFields(run, userId === undefined ? undefined : at, { objects, field });
  const fields = await grantFields(run, at && userId ? { at, userId } : undefined, made);
  return { results: shown(results), fields };
}
