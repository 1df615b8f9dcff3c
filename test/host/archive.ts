import { gzipSync } from 'node:zlib';

/** One member of a tar archive. */
export interface Member {
  readonly name: string;
  /** Type flag of ustar: 0 file, 1 hard link, 2 symbolic link, 3 character device, 5 folder, 6 pipe. Default: 0. */
  readonly type?: '0' | '1' | '2' | '3' | '5' | '6';
  readonly content?: string | Uint8Array;
  readonly link?: string;
  /** Default: 0644. */
  readonly mode?: number;
  /** What the header says instead of the content's length. */
  readonly size?: number;
  /** Seconds since 1970. Default: in 2023. */
  readonly changed?: number;
}

/** A gzipped tar archive (ustar) with exactly these members, whatever they are. */
export function archive(members: readonly Member[]): Uint8Array {
  const blocks = members.flatMap((member) => {
    const content = Buffer.from((member.content as Uint8Array) ?? '');
    return [header(member, member.size ?? content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 1 });
}

/** Archive of plain files, by path. */
export function archiveOf(files: Readonly<Record<string, string>>): Uint8Array {
  return archive(Object.entries(files).map(([name, content]) => ({ name, content })));
}

function header(member: Member, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(member.name, 0, 100);
  block.write(octal(member.mode ?? 0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(member.changed ?? 1_700_000_000, 11), 136);
  block.write(' '.repeat(8), 148);
  block.write(member.type ?? '0', 156);
  block.write(member.link ?? '', 157, 100);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
