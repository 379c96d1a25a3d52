import { App, Octokit } from 'octokit';
import { CliError } from '../errors.ts';
import type { Attempt } from './deliveries.ts';

/** Whose webhook: a repository's, an organization's, or the one webhook of a GitHub App. */
export interface HookOwner {
  readonly repo?: string;
  readonly org?: string;
  readonly app?: boolean;
  /** The webhook's id, where its owner has several. */
  readonly hook?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Hook {
  readonly id: number;
  readonly config: { readonly url?: string };
}

function required(environment: Environment, name: string, use: string): string {
  const value = environment[name];
  if (value) return value;
  throw new CliError(`Set ${name}: ${use}.`);
}

function clientFor({ app }: HookOwner, environment: Environment): Octokit {
  const baseUrl = environment['GITHUB_API_URL'] ?? 'https://api.github.com';
  if (app) {
    const appId = required(environment, 'GITHUB_APP_ID', "the App's id");
    const use = "the App's private key in PEM";
    const privateKey = required(environment, 'GITHUB_APP_PRIVATE_KEY', use);
    return new App({ appId, privateKey, Octokit: Octokit.defaults({ baseUrl }) }).octokit;
  }
  const use =
    'a token that may read webhooks (write, to redeliver): fine-grained permission "Webhooks", or classic scope admin:repo_hook or admin:org_hook';
  return new Octokit({ baseUrl, auth: required(environment, 'GITHUB_TOKEN', use) });
}

/** The API path below which an owner's hooks are. */
function hooksPath({ repo, org, app }: HookOwner): string {
  if ([repo, org, app].filter(Boolean).length !== 1) {
    throw new CliError('Say whose webhook: one of --repo OWNER/NAME, --org NAME or --app.');
  }
  if (app) return '/app/hook';
  const path = org === undefined ? repo : org;
  const isWhole = org === undefined ? /^[\w.-]+\/[\w.-]+$/ : /^[\w.-]+$/;
  if (path !== undefined && isWhole.test(path)) return `/${org ? 'orgs' : 'repos'}/${path}/hooks`;
  throw new CliError(`${org ? '--org takes a NAME' : '--repo takes OWNER/NAME'}, not "${path}".`);
}

const isOurs = ({ config }: Hook): boolean => /\.lambda-url\./.test(config.url ?? '');

/** The one webhook there is, or the one that calls a Lambda function URL. */
function chooseHook(hooks: readonly Hook[]): number {
  const [hook, ...others] = hooks.length === 1 ? hooks : hooks.filter(isOurs);
  if (hook && others.length === 0) return hook.id;
  const list = hooks.map(({ id, config }) => `  --hook ${id}   ${config.url ?? ''}`).join('\n');
  const remedy = hooks.length === 0 ? 'It has none.' : `Say which one:\n${list}`;
  throw new CliError(`Its webhook cannot be told. ${remedy}`);
}

const explain = (error: unknown): never => {
  const status: unknown = Object(error).status;
  const reason = error instanceof Error ? error.message : String(error);
  const remedy =
    status === 401 || status === 403 || status === 404
      ? ' The token may lack the right to webhooks, or the owner or webhook is another one.'
      : '';
  throw new CliError(
    `GitHub did not answer as hoped (${status ?? 'no answer'}): ${reason}.${remedy}`,
    {
      cause: error,
    },
  );
};

/**
 * The deliveries of one webhook, through GitHub's REST API. Rate limits are waited for and retried by octokit.
 *
 * @throws CliError when the owner is not named, credentials are absent, the webhook cannot be told, or GitHub refuses.
 */
export async function openHook(owner: HookOwner, environment: Environment = process.env) {
  const hooks = hooksPath(owner);
  const octokit = clientFor(owner, environment);
  const findHook = async (): Promise<string> => {
    if (owner.app) return hooks;
    const id = owner.hook ?? chooseHook(await octokit.paginate(`GET ${hooks}`, { per_page: 100 }));
    return `${hooks}/${id}`;
  };
  const hook = await findHook().catch((error: unknown) =>
    error instanceof CliError ? Promise.reject(error) : explain(error),
  );

  /** Newest first: pages are read until one reaches back to `since`. */
  const readAttempts = async (since: Date): Promise<Attempt[]> => {
    const attempts: Attempt[] = [];
    const pages = octokit.paginate.iterator<Attempt>(`GET ${hook}/deliveries`, { per_page: 100 });
    for await (const { data } of pages) {
      attempts.push(...data);
      const oldest = data.at(-1);
      if (oldest && new Date(oldest.delivered_at) < since) break;
    }
    return attempts;
  };

  return {
    attempts: (since: Date): Promise<Attempt[]> => readAttempts(since).catch(explain),
    /** Asks GitHub to deliver again what an attempt carried; GitHub answers before it has. */
    redeliver: async ({ id }: Attempt): Promise<void> => {
      await octokit.request(`POST ${hook}/deliveries/${id}/attempts`).catch(explain);
    },
  };
}
