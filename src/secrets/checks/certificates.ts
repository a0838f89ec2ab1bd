// Certificates and proxies that cannot be read, have expired, or will soon.
import { bytesOf, type CheckedSecret, type SecretFault } from './fault.ts';
import { chainEndMs, readPem, type Pem } from './pem.ts';

/** A certificate that ends within a week can be renewed in time; a proxy lives for hours or days anyway. */
const soonMs = { certificate: 7 * 86_400_000, proxy: 12 * 3_600_000 } as const;

export function certificateFaults(secret: CheckedSecret, nowMs: number): readonly SecretFault[] {
  const { name } = secret;
  const pem = readPem(bytesOf(secret).toString('latin1'));
  if (pem === undefined) {
    // Only names that say what they are: any text could be a password.
    return /\.pem$|^x509up/i.test(name)
      ? [badPem(name, 'it is no PEM: nothing in it begins with `-----BEGIN`', howToCopy)]
      : [];
  }
  if (pem.unreadable.length > 0) {
    const what = [...new Set(pem.unreadable)].map((label) => `\`${label}\``).join(', ');
    return [badPem(name, `a part of the PEM cannot be read: ${what}`, howToCopy)];
  }
  return lifetimeFaults(name, pem, nowMs);
}

const howToCopy = 'give the file itself: `pbook secrets set --file`';

function badPem(name: string, message: string, help: string | undefined): SecretFault {
  return { code: 'secrets/bad-pem', severity: 'error', name, message, help };
}

function lifetimeFaults(name: string, pem: Pem, nowMs: number): readonly SecretFault[] {
  const [first] = pem.certificates;
  if (first === undefined) return [];
  const isProxy = pem.certificates.length > 1 && pem.keys.length > 0;
  const word = isProxy ? 'proxy' : 'certificate';
  const untilMs = chainEndMs(pem);
  const at = new Date(untilMs).toISOString();
  const help = isProxy
    ? 'make a new one with `voms-proxy-init` and set it again'
    : 'renew it and set it again';
  if (untilMs <= nowMs) {
    return [
      {
        code: 'secrets/expired-certificate',
        severity: 'error',
        name,
        message: `the ${word} expired at ${at}`,
        help,
      },
    ];
  }
  if (untilMs - nowMs > soonMs[word]) return [];
  const message = `the ${word} expires soon, at ${at}`;
  return [{ code: 'secrets/expiring-certificate', severity: 'warning', name, message, help }];
}
