import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { isErrorNamed, UsageError } from '../errors.ts';
import { type CreateDeploymentClients, type DeploymentClients, handleAwsError } from './aws.ts';

/** Whom AWS takes the shell for. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

async function callerIdentity({ sts }: Pick<DeploymentClients, 'sts'>): Promise<Identity> {
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return { account: Account, arn: Arn };
}

const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'];

/** A Region that is not enabled refuses every credential ("Enable or disable AWS Regions"); one that doesn't exist has no address. */
const OTHER_REGION = [
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'RegionDisabledException',
  'ENOTFOUND',
];

const SIGN_IN = 'for example with aws sso login, or AWS_PROFILE set to a profile of the account';

function credentialsProblem(error: unknown): UsageError | undefined {
  const cause = { cause: error };
  if (
    isErrorNamed(error, ...EXPIRED) ||
    (error instanceof Error && /\bexpired\b/i.test(error.message))
  )
    return new UsageError(`Your AWS credentials have expired. Sign in again, ${SIGN_IN}.`, cause);
  if (isErrorNamed(error, 'CredentialsProviderError'))
    return new UsageError(`No AWS credentials were found. Sign in first, ${SIGN_IN}.`, cause);
  return undefined;
}

/** Where every account is enabled, in the partition of `region` ("Managing AWS STS in an AWS Region"). */
function firstRegion(region: string): string {
  if (region.startsWith('cn-')) return 'cn-north-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}

/**
 * Asks AWS who the shell is signed in as.
 *
 * @throws UsageError when it is not signed in, its credentials have expired, or the Region is not enabled.
 */
export async function identify(
  createClients: CreateDeploymentClients,
  region: string,
): Promise<Identity> {
  try {
    return await callerIdentity(createClients(region));
  } catch (error) {
    const problem = credentialsProblem(error);
    if (problem !== undefined) throw problem;
    const other = firstRegion(region);
    if (!isErrorNamed(error, ...OTHER_REGION) || other === region) return handleAwsError(error);
    const { account } = await callerIdentity(createClients(other)).catch(() =>
      handleAwsError(error),
    );
    throw new UsageError(
      `The Region ${region} is not enabled in account ${account}, or doesn't exist. Enable it (aws account enable-region --region-name ${region}), or choose another.`,
      { cause: error },
    );
  }
}
