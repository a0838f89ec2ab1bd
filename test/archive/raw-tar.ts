// Writes tar bytes by hand, so that tests can say what no honest tool would.
import { Buffer } from 'node:buffer';

export interface RawMember {
  name: string;
  /** `0` file, `1` hard link, `2` symlink, `3` device, `5` directory, `6` pipe, `x` pax, `L` long name, `S` sparse. */
  type?: string;
  content?: string | Buffer;
  /** What the header claims; the real size when left out. */
  declaredSize?: number;
  linkTarget?: string;
  mode?: number;
  magic?: string;
}

/** A whole plain tar, with its end. */
export function rawTar(members: readonly RawMember[], end: Buffer = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...members.map(rawMember), end]);
}

export function rawMember(member: RawMember): Buffer {
  const content = Buffer.from(member.content ?? '');
  const header = Buffer.alloc(512);
  header.write(member.name, 0, 100, 'utf8');
  header.write(octal(member.mode ?? 0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(member.declaredSize ?? content.length, 11), 124);
  header.write(octal(0, 11), 136);
  header.write('        ', 148);
  header.write(member.type ?? '0', 156);
  header.write(member.linkTarget ?? '', 157, 100, 'utf8');
  header.write(member.magic ?? 'ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\u0000 `, 148, 'latin1');
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A pax header for the member that follows. */
export function paxMember(records: Readonly<Record<string, string>>): RawMember {
  const text = Object.entries(records)
    .map(([key, value]) => paxRecord(`${key}=${value}`))
    .join('');
  return { name: 'PaxHeader', type: 'x', content: text };
}

function paxRecord(body: string): string {
  const rest = Buffer.byteLength(body) + 2;
  const length = [1, 2, 3, 4, 5, 6, 7]
    .map((digits) => rest + digits)
    .find((total, at) => String(total).length === at + 1);
  return `${length ?? 0} ${body}\n`;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
