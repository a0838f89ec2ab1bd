// Values that nobody may learn who gets hold of the database alone, such as a copy of it: each is sealed with a key that lies
// in a file of its own, and bound to its name, so that rows cannot be exchanged.
import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { LocalError, systemCode } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { Database } from './database.ts';

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export interface SealedValue {
  readonly value: Secret;
  /** What else is to be known of it; readable by everybody who can read the database. */
  readonly note: string;
}

export class SealedValues {
  readonly #db: Database;
  readonly #shelf: string;
  readonly #key: Buffer;

  /** @param shelf keeps the values of one owner apart from those of others
   *  @param key from `keepKey` */
  constructor(db: Database, shelf: string, key: Buffer) {
    db.exec(
      'CREATE TABLE IF NOT EXISTS sealed (shelf TEXT NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL, box TEXT NOT NULL, PRIMARY KEY (shelf, name))',
    );
    this.#db = db;
    this.#shelf = shelf;
    this.#key = key;
  }

  set(name: string, { value, note }: SealedValue): void {
    this.#db.run(
      'INSERT INTO sealed (shelf, name, note, box) VALUES (?, ?, ?, ?) ON CONFLICT (shelf, name) DO UPDATE SET note = excluded.note, box = excluded.box',
      this.#shelf,
      name,
      note,
      this.#seal(name, value),
    );
  }

  delete(name: string): void {
    this.#db.run('DELETE FROM sealed WHERE shelf = ? AND name = ?', this.#shelf, name);
  }

  /** What can be opened with this key, by name. A value that cannot (the file of the key was lost) is forgotten. */
  all(): ReadonlyMap<string, SealedValue> {
    const values = new Map<string, SealedValue>();
    const rows = this.#db.all(
      'SELECT name, note, box FROM sealed WHERE shelf = ? ORDER BY name',
      this.#shelf,
    );
    for (const row of rows) {
      const name = String(row['name']);
      const value = this.#open(name, String(row['box']));
      if (value === undefined) this.delete(name);
      else values.set(name, { value, note: String(row['note']) });
    }
    return values;
  }

  #seal(name: string, value: Secret): string {
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.#key, nonce).setAAD(this.#bound(name));
    const sealed = Buffer.concat([sealing.update(value.reveal(), 'utf8'), sealing.final()]);
    return Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString('base64');
  }

  #open(name: string, box: string): Secret | undefined {
    try {
      const bytes = Buffer.from(box, 'base64');
      const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
      const opening = createDecipheriv(cipher, this.#key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      opening.setAAD(this.#bound(name)).setAuthTag(tag);
      const sealed = bytes.subarray(nonceBytes + tagBytes);
      return new Secret(Buffer.concat([opening.update(sealed), opening.final()]).toString('utf8'));
    } catch {
      return undefined;
    }
  }

  #bound(name: string): Buffer {
    return Buffer.from(`${this.#shelf}\0${name}`, 'utf8');
  }
}

/** The key in a file that only its owner can read; made when there is none.
 *  @throws LocalError when the file is not such a key */
export function keepKey(path: string): Buffer {
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, randomBytes(keyBytes));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (systemCode(cause) !== 'EEXIST') throw new LocalError(`cannot write \`${path}\``, { cause });
  }
  const key = readFileSync(path);
  if (key.length !== keyBytes) {
    throw new LocalError(`\`${path}\` is not the key that the engine's secrets were sealed with`, {
      hint: 'remove it to begin with a new one; secrets must then be added again',
    });
  }
  return key;
}
