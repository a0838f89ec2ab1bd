// What is wrong with a grid certificate, each with the mend.
import type { GridCertificate } from './grid-certificate.ts';

export interface CertificateFault {
  /** `error`: a server will refuse it. */
  readonly severity: 'error' | 'warning';
  /** As the end of `the grid certificate … `. */
  readonly message: string;
  readonly hint: string;
}

export interface CertificateNeeds {
  readonly nowMs: number;
  /** The server wants to know the virtual organisation; only `x509_no_grid` does without. */
  readonly voms: boolean;
  /** The organisation the user works for, when that is set. */
  readonly vo: string | undefined;
}

/** When the certificate ends to be of use: the end of the chain, or of the attributes that are needed. */
export function usableUntilMs(certificate: GridCertificate, needsVoms: boolean): number {
  const ends = needsVoms ? certificate.voms.map(({ expiresMs }) => expiresMs) : [];
  return Math.min(certificate.expiresMs, ...ends);
}

/** The worst first. */
export function certificateFaults(
  certificate: GridCertificate,
  needs: CertificateNeeds,
): readonly CertificateFault[] {
  const faults: CertificateFault[] = [];
  const { nowMs } = needs;
  const fault = (severity: CertificateFault['severity'], message: string, hint: string): void => {
    faults.push({ severity, message, hint });
  };
  const init = `\`voms-proxy-init -voms ${needs.vo ?? 'VO'}\` makes a new one`;
  if (certificate.expiresMs <= nowMs) {
    fault('error', `expired at ${when(certificate.expiresMs)}`, init);
  } else if (certificate.startsMs > nowMs) {
    fault(
      'error',
      `is not valid before ${when(certificate.startsMs)}`,
      'the clock of this machine may be wrong: `pchain doctor` compares it',
    );
  }
  if (needs.voms && certificate.voms.length === 0) {
    fault('error', 'does not say to which virtual organisation you belong (it has no VOMS attributes)', init);
  }
  const expired = needs.voms
    ? certificate.voms.find(({ expiresMs }) => expiresMs <= nowMs && certificate.expiresMs > nowMs)
    : undefined;
  if (expired !== undefined) {
    fault(
      'error',
      `has VOMS attributes of \`${expired.vo}\` that expired at ${when(expired.expiresMs)}`,
      init,
    );
  }
  if (certificate.isOpenToOthers) {
    fault('warning', 'can be read by others on this machine', `chmod 600 ${certificate.path}`);
  }
  return faults;
}

function when(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
