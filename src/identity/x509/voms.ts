// What a virtual organisation says of the owner of a proxy: attribute certificates inside of the proxy's extension.
//
//   extension 1.3.6.1.4.1.8005.100.100.5 = SEQUENCE { SEQUENCE OF AttributeCertificate }   (RFC 5755)
//     attribute 1.3.6.1.4.1.8005.100.100.4 = SET { SEQUENCE {
//       [0] { "atlas://voms.cern.ch:15001" }, SEQUENCE OF OCTET STRING "/atlas/Role=production/Capability=NULL" } }
//
// Read, not verified: the server does that. Described in "The VOMS Attribute Certificate Format", OGF GFD.182.
import { GeneralizedTime, ObjectIdentifier, OctetString, Primitive } from 'asn1js';
import type { BaseBlock } from 'asn1js';
import { printable } from '../../base/text.ts';
import { extensionOf, parseDer, partsOf } from './extension.ts';

export interface VomsAttributes {
  /** Name of the virtual organisation. */
  readonly vo: string;
  /** Groups and roles, the most important first: `/atlas`, `/atlas/de/Role=production`. */
  readonly names: readonly string[];
  /** When they expire, milliseconds since 1970; often before the proxy does. */
  readonly expiresMs: number;
}

const acSequence = '1.3.6.1.4.1.8005.100.100.5';
const fqanAttribute = '1.3.6.1.4.1.8005.100.100.4';

/** The attributes in a certificate; none when it is no VOMS proxy.
 *  @param der the bytes of the certificate
 *  @throws TypeError when it has attributes that cannot be read */
export function vomsAttributes(der: Uint8Array): readonly VomsAttributes[] {
  const extension = extensionOf(der, acSequence);
  if (extension === undefined) return [];
  const [certificates] = partsOf(parseDer(extension));
  return partsOf(certificates).map(readAttributeCertificate);
}

function readAttributeCertificate(certificate: BaseBlock): VomsAttributes {
  const [content] = partsOf(certificate);
  const parts = partsOf(content);
  const validity = parts.map(partsOf).find((times) => times.length === 2 && times.every(isTime));
  const end = validity?.[1];
  if (!(end instanceof GeneralizedTime)) throw new TypeError('an attribute certificate has no end');
  const names: string[] = [];
  let vo = '';
  for (const attribute of parts.flatMap(partsOf)) {
    const [type, values] = partsOf(attribute);
    if (!(type instanceof ObjectIdentifier) || type.getValue() !== fqanAttribute) continue;
    for (const value of partsOf(values)) {
      const [authority, list] = partsOf(value);
      vo = voName(authority) ?? vo;
      names.push(...partsOf(list).flatMap((name) => (name instanceof OctetString ? shortName(name) : [])));
    }
  }
  return { vo: vo === '' ? (names[0]?.split('/')[1] ?? '') : vo, names, expiresMs: end.toDate().getTime() };
}

const isTime = (block: BaseBlock): boolean => block instanceof GeneralizedTime;

/** `atlas` of the address `atlas://voms.cern.ch:15001`. */
function voName(authority: BaseBlock | undefined): string | undefined {
  const [name] = partsOf(authority);
  if (!(name instanceof Primitive)) return undefined;
  return /^([^:/]+):\/\//.exec(text(name.valueBlock.valueHexView))?.[1];
}

/** `/atlas/Role=NULL/Capability=NULL` says no more than `/atlas`. */
function shortName(name: OctetString): string {
  return text(name.valueBlock.valueHexView).replace(/\/Role=NULL|\/Capability=NULL/g, '');
}

function text(bytes: Uint8Array): string {
  return printable(Buffer.from(bytes).toString('utf8'));
}
