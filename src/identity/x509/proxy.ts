// Telling proxies from certificates of authorities' making.
import type { X509Certificate } from 'node:crypto';
import { extensionOf } from './extension.ts';

/** ProxyCertInfo (RFC 3820), and as it was called before there was an RFC. */
const proxyExtensions = ['1.3.6.1.5.5.7.1.14', '1.3.6.1.4.1.3536.1.222'];

/** A proxy is signed by the user it stands for. The oldest kind is known by its name only. */
export function isProxy(certificate: X509Certificate): boolean {
  if (/\nCN=(limited )?proxy$/.test(certificate.subject)) return true;
  return proxyExtensions.some((wanted) => extensionOf(certificate.raw, wanted) !== undefined);
}
