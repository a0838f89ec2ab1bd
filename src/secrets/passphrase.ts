// The passphrase form of the age format, with the slow part (scrypt) done by Node instead of in JavaScript: four times
// as fast, and the same bytes. The library does everything else. https://age-encryption.org/v1, "The scrypt recipient type"
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { Stanza, type Identity, type Recipient } from 'age-encryption';
import type { Secret } from '../base/secret.ts';

/** A file that asks for more would only be there to keep us busy. */
const mostWorkFactor = 22;

const label = 'age-encryption.org/v1/scrypt';
const cipher = 'chacha20-poly1305';
const tagBytes = 16;
const fileKeyBytes = 16;

/** Locks the key of a file with a passphrase.
 *  @param workFactor log2 of the work; only tests take less than the usual one */
export function passphraseRecipient(passphrase: Secret, workFactor: number): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(16);
      const key = await stretched(passphrase, salt, workFactor);
      // The key is used once, so a nonce of zeros is what the format asks for.
      const sealing = createCipheriv(cipher, key, Buffer.alloc(12), { authTagLength: tagBytes });
      const body = Buffer.concat([sealing.update(fileKey), sealing.final(), sealing.getAuthTag()]);
      return [new Stanza(['scrypt', unpadded(salt), String(workFactor)], new Uint8Array(body))];
    },
  };
}

/** Unlocks the key of a file with a passphrase; a wrong one gives `null`.
 *  What it throws means that the file is damaged or was not locked with a passphrase. */
export function passphraseIdentity(passphrase: Secret): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const [stanza] = stanzas;
      const [type, saltText = '', workText = ''] = stanza?.args ?? [];
      if (stanza === undefined || stanzas.length !== 1 || type !== 'scrypt') {
        throw new Error('it is not locked with a passphrase');
      }
      const salt = Buffer.from(saltText, 'base64');
      const workFactor = Number(workText);
      const isSound =
        unpadded(salt) === saltText &&
        salt.length === 16 &&
        stanza.args.length === 3 &&
        stanza.body.length === fileKeyBytes + tagBytes &&
        /^[1-9][0-9]?$/.test(workText) &&
        workFactor <= mostWorkFactor;
      if (!isSound) throw new Error('its header makes no sense');
      const key = await stretched(passphrase, salt, workFactor);
      const opening = createDecipheriv(cipher, key, Buffer.alloc(12), { authTagLength: tagBytes });
      opening.setAuthTag(stanza.body.subarray(fileKeyBytes));
      const fileKey = opening.update(stanza.body.subarray(0, fileKeyBytes));
      try {
        opening.final();
      } catch {
        return null;
      }
      return new Uint8Array(fileKey);
    },
  };
}

function stretched(passphrase: Secret, salt: Buffer, workFactor: number): Promise<Buffer> {
  const cost = 2 ** workFactor;
  const options = { N: cost, r: 8, p: 1, maxmem: 2 * 128 * 8 * cost };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.reveal(), Buffer.concat([Buffer.from(label), salt]), 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
