// Extensions of certificates, which Node does not show. https://www.rfc-editor.org/rfc/rfc5280#section-4.1
import { Constructed, ObjectIdentifier, OctetString, fromBER } from 'asn1js';
import type { BaseBlock } from 'asn1js';

/** The bytes of an extension of a certificate; `undefined`: it has none of that kind.
 *  @param der the bytes of the certificate
 *  @throws TypeError when it cannot be read */
export function extensionOf(der: Uint8Array, wanted: string): Uint8Array | undefined {
  const [content] = partsOf(parseDer(der));
  const tagged = partsOf(content).find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 3);
  const [extensions] = partsOf(tagged);
  for (const extension of partsOf(extensions)) {
    const parts = partsOf(extension);
    const [type] = parts;
    const value = parts.at(-1);
    if (!(type instanceof ObjectIdentifier) || type.getValue() !== wanted) continue;
    if (value instanceof OctetString) return new Uint8Array(value.getValue());
  }
  return undefined;
}

/** @throws TypeError */
export function parseDer(der: Uint8Array): BaseBlock {
  const { offset, result } = fromBER(der);
  if (offset === -1) throw new TypeError(`the certificate cannot be read: ${result.error}`);
  return result;
}

/** What a sequence or set holds; nothing for everything else. */
export function partsOf(block: BaseBlock | undefined): readonly BaseBlock[] {
  return block instanceof Constructed ? block.valueBlock.value : [];
}
