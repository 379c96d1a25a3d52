import { X509Certificate } from 'node:crypto';
import {
  type AuthFlow,
  type Credentials,
  parseCredentials,
  privateKeyOf,
} from '../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { type Passed, StepError } from '../steps.ts';

const USE_MY_DOMAIN = 'Use the My Domain URL, https://<name>.my.salesforce.com, as server.';
const HOSTS_WITHOUT_API = /^(login|test)\.salesforce\.com$|\.lightning\.force\.com$/;

function adviceFor({ server }: Credentials, flow: AuthFlow): string | undefined {
  if (HOSTS_WITHOUT_API.test(new URL(server).hostname)) return USE_MY_DOMAIN;
  if (flow === 'password')
    return 'Salesforce ends the password flow on 2027-02-20: switch to jwt or client_credentials.';
  return undefined;
}

/** Parses the secret as the function does. */
export function checkFields(json: string, flow: AuthFlow): Passed<Credentials> {
  const credentials = parseCredentials(json, flow);
  const detail = `all fields of the ${flow} flow, for ${credentials.server}`;
  return { value: credentials, detail, advice: adviceFor(credentials, flow) };
}

function parseCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new StepError('The file of --certificate is not an X.509 certificate');
  }
}

/** Checks the key and, if the uploaded certificate is given, that it belongs to the key and is valid. */
export function checkKey(
  credentials: Credentials,
  certificateText?: string,
  now = new Date(),
): Passed<Credentials> {
  const key = privateKeyOf(credentials);
  const detail = `RSA, ${key.asymmetricKeyDetails?.modulusLength} bits`;
  if (certificateText === undefined) return { value: credentials, detail };
  const certificate = parseCertificate(certificateText);
  if (!certificate.checkPrivateKey(key))
    throw new StepError("The certificate does not belong to the secret's key");
  if (certificate.validToDate < now)
    throw new StepError(
      `The certificate expired on ${certificate.validTo}`,
      'Create a new key and certificate: npm run salesforce -- keys',
    );
  const until = certificate.validToDate.toISOString().slice(0, 10);
  return { value: credentials, detail: `${detail}; its certificate is valid until ${until}` };
}
