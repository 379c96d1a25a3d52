import { App, Octokit } from 'octokit';
import { CliError, UsageError } from '../errors.ts';
import type { Attempt } from './deliveries.ts';

/** The owner of a webhook: a repository, an organization, or a GitHub App, which has only one. */
export interface HookOwner {
  readonly repo?: string;
  readonly org?: string;
  readonly app?: boolean;
  /** The webhook's id, if the owner has several. */
  readonly hook?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Hook {
  readonly id: number;
  readonly config: { readonly url?: string };
}

function requireVariable(environment: Environment, name: string, expected: string): string {
  const value = environment[name];
  if (value) return value;
  throw new UsageError(`Set the environment variable ${name} to ${expected}.`);
}

function clientFor({ app }: HookOwner, environment: Environment): Octokit {
  const baseUrl = environment['GITHUB_API_URL'] ?? 'https://api.github.com';
  if (app) {
    const appId = requireVariable(environment, 'GITHUB_APP_ID', "the App's id");
    const pem = "the App's private key in PEM";
    const privateKey = requireVariable(environment, 'GITHUB_APP_PRIVATE_KEY', pem);
    return new App({ appId, privateKey, Octokit: Octokit.defaults({ baseUrl }) }).octokit;
  }
  const token =
    'a token that can read webhooks (write, to redeliver): fine-grained permission "Webhooks", or classic scope admin:repo_hook or admin:org_hook';
  return new Octokit({ baseUrl, auth: requireVariable(environment, 'GITHUB_TOKEN', token) });
}

/** The API path of an owner's webhooks. */
function hooksPath({ repo, org, app }: HookOwner): string {
  if ([repo, org, app].filter(Boolean).length !== 1) {
    throw new UsageError(
      'Pass the owner of the webhook: one of --repo OWNER/NAME, --org NAME or --app.',
    );
  }
  if (app) return '/app/hook';
  const path = org === undefined ? repo : org;
  const pattern = org === undefined ? /^[\w.-]+\/[\w.-]+$/ : /^[\w.-]+$/;
  if (path !== undefined && pattern.test(path)) return `/${org ? 'orgs' : 'repos'}/${path}/hooks`;
  throw new UsageError(`${org ? '--org takes a NAME' : '--repo takes OWNER/NAME'}, not "${path}".`);
}

const callsFunctionUrl = ({ config }: Hook): boolean => /\.lambda-url\./.test(config.url ?? '');

/** The only webhook, or the only one that calls a Lambda function URL. */
function chooseHook(hooks: readonly Hook[]): number {
  const [hook, ...others] = hooks.length === 1 ? hooks : hooks.filter(callsFunctionUrl);
  if (hook && others.length === 0) return hook.id;
  const list = hooks.map(({ id, config }) => `  --hook ${id}   ${config.url ?? ''}`).join('\n');
  throw new UsageError(
    hooks.length === 0
      ? 'The owner has no webhook: create one first (docs/webhooks.md).'
      : `The owner has several webhooks. Pass one of:\n${list}`,
  );
}

const handleGitHubError = (error: unknown): never => {
  const status: unknown = Object(error).status;
  const reason = error instanceof Error ? error.message : String(error);
  const remedy =
    status === 401 || status === 403 || status === 404
      ? 'Check that the token has permission for webhooks, and that the owner and webhook exist.'
      : undefined;
  throw new CliError(`The request to GitHub failed (${status ?? 'no response'}): ${reason}.`, {
    cause: error,
    remedy,
  });
};

/**
 * Opens a webhook through GitHub's REST API. octokit waits for rate limits and retries.
 *
 * @throws CliError when the owner or the credentials are missing, the webhook is ambiguous, or GitHub refuses.
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
    error instanceof CliError ? Promise.reject(error) : handleGitHubError(error),
  );

  /** Newest first; stops at the page that reaches back to `since`. */
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
    attempts: (since: Date): Promise<Attempt[]> => readAttempts(since).catch(handleGitHubError),
    /** Has GitHub redeliver the payload of an attempt; GitHub answers before it does. */
    redeliver: async ({ id }: Attempt): Promise<void> => {
      await octokit.request(`POST ${hook}/deliveries/${id}/attempts`).catch(handleGitHubError);
    },
  };
}
