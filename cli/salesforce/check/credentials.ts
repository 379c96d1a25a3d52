import { X509Certificate } from 'node:crypto';
import {
  type AuthFlow,
  type Credentials,
  parseCredentials,
  privateKeyOf,
} from '../../../functions/salesforce-apicall/salesforce/credentials.ts';
import { CheckError, type Finding } from './result.ts';

const MY_DOMAIN = 'Use the My Domain URL, https://<name>.my.salesforce.com, as server.';
const NO_API_HOST = /^(login|test)\.salesforce\.com$|\.lightning\.force\.com$/;

function adviceOn({ server }: Credentials, flow: AuthFlow): string | undefined {
  if (NO_API_HOST.test(new URL(server).hostname)) return MY_DOMAIN;
  if (flow === 'password')
    return 'Salesforce ends the password flow on 2027-02-20: move to jwt or client_credentials.';
  return undefined;
}

/** The secret's fields, as the function reads them. */
export function checkFields(json: string, flow: AuthFlow): Finding<Credentials> {
  const credentials = parseCredentials(json, flow);
  const detail = `all that the ${flow} flow needs, for ${credentials.server}`;
  return { value: credentials, detail, advice: adviceOn(credentials, flow) };
}

function parseCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new CheckError('The file of --certificate is not an X.509 certificate');
  }
}

/** The key and, where the certificate is given that Salesforce has, whether the two belong together. */
export function checkKey(
  credentials: Credentials,
  certificateText?: string,
  now = new Date(),
): Finding<Credentials> {
  const key = privateKeyOf(credentials);
  const detail = `RSA, ${key.asymmetricKeyDetails?.modulusLength} bits`;
  if (certificateText === undefined) return { value: credentials, detail };
  const certificate = parseCertificate(certificateText);
  if (!certificate.checkPrivateKey(key))
    throw new CheckError("The certificate does not belong to the secret's key");
  if (certificate.validToDate < now)
    throw new CheckError(
      `The certificate expired on ${certificate.validTo}`,
      'Make new ones: npm run salesforce -- keys',
    );
  const until = certificate.validToDate.toISOString().slice(0, 10);
  return { value: credentials, detail: `${detail}; its certificate is valid until ${until}` };
}
