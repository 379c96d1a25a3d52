import type { StoredObject } from '../../local/chaos/parked.ts';
import { storedObjects } from '../../local/chaos/parked.ts';
import { paths } from '../../local/stack/paths.ts';
import type { Sent } from '../events/send.ts';
import type { Scene } from '../scene.ts';
import { createOwners } from './owners.ts';
import { type Searched, type Source, search } from './search.ts';
import { secretsOf } from './secrets.ts';
import { fileTexts, logTexts, tableTexts } from './texts.ts';

/** What the run has heard from the stack. */
export interface Heard {
  /** Answers to webhooks, and answers to CloudEvents over HTTP with the key of their event. */
  readonly webhooks: readonly string[];
  readonly replies: readonly string[];
  /** The reports of the reprocessor. */
  readonly reports: readonly string[];
}

const any = (): 'any' => 'any';
const textsOf = (objects: readonly StoredObject[]): string[] => objects.map(({ text }) => text);
const keysOf = (objects: readonly StoredObject[]): string[] => objects.map(({ key }) => key);

/** Everything that the stack has written or answered, with what may stand in it. */
async function sourcesOf(
  { observer, proxies, stack }: Scene,
  seed: number,
  sent: readonly Sent[],
  heard: Heard,
): Promise<Source[]> {
  const { endpoint, outputs } = stack;
  const owners = createOwners(seed, sent);
  const parked = await storedObjects(endpoint, outputs['ParkBucketName'] ?? '', '');
  const claims = await storedObjects(endpoint, outputs['PayloadBucketName'] ?? '', '');
  const events = await observer.filter(() => true);
  return [
    { name: 'CloudWatch logs, metrics in them', texts: await logTexts(endpoint) },
    { name: 'output of the functions and the engine', texts: await fileTexts(paths.engineLog) },
    { name: 'reports of the reprocessor', texts: heard.reports },
    { name: 'names of parked objects', texts: keysOf(parked) },
    { name: 'parked objects', texts: textsOf(parked), allows: any },
    { name: 'names of claim-checked bodies', texts: keysOf(claims) },
    { name: 'claim-checked bodies', texts: textsOf(claims), allows: any },
    {
      name: 'events on both buses',
      texts: events.map((event) => JSON.stringify(event)),
      allows: owners.ofEvent,
    },
    { name: 'answers to webhooks', texts: heard.webhooks },
    { name: 'answers to CloudEvents over HTTP', texts: heard.replies, allows: owners.ofText },
    {
      name: 'idempotency table',
      texts: await tableTexts(endpoint, proxies.apicall.tableName),
      allows: any,
    },
  ];
}

/** Looks for every secret of the run, and for every event's content, in all that the stack has left behind. */
export async function searchCanaries(
  scene: Scene,
  seed: number,
  sent: readonly Sent[],
  heard: Heard,
): Promise<Searched[]> {
  const secrets = await secretsOf(scene);
  const sources = await sourcesOf(scene, seed, sent, heard);
  return sources.map((source) => search(source, secrets));
}
