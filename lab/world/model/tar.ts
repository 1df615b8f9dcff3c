import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/** One member of a tar archive. */
export interface TarEntry {
  /** As written in the archive. */
  readonly name: string;
  /** Type flag of ustar: 0 file, 1 hard link, 2 symbolic link, 3 and 4 devices, 5 folder, 6 pipe. */
  readonly type: string;
  /** Target of a link, otherwise empty. */
  readonly link: string;
  readonly content: Uint8Array;
}

/**
 * Reads a gzipped tar archive (ustar, pax and GNU long names); throws where it is not whole.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
export function readTarGz(archive: Uint8Array): TarEntry[] {
  const data = gunzipSync(archive);
  const entries: TarEntry[] = [];
  let extended: Record<string, string> = {};
  let offset = 0;
  while (offset + BLOCK <= data.length) {
    const header = data.subarray(offset, offset + BLOCK);
    if (header.every((byte) => byte === 0)) return entries;
    checkSum(header);
    const type = String.fromCharCode(header[156] || 0x30);
    const size = extended.size === undefined ? number(header, 124, 12) : Number(extended.size);
    const content = data.subarray(offset + BLOCK, offset + BLOCK + size);
    if (content.length < size) throw new Error('the archive ends in the middle of a member');
    offset += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x') extended = { ...extended, ...paxRecords(content) };
    else if (type === 'L') extended = { ...extended, path: text(content, 0, size) };
    else if (type === 'K') extended = { ...extended, linkpath: text(content, 0, size) };
    else if (type !== 'g') {
      const link = type === '1' || type === '2' ? (extended.linkpath ?? text(header, 157, 100)) : '';
      entries.push({ name: extended.path ?? ustarName(header), type, link, content });
      extended = {};
    }
  }
  if (entries.length === 0 || offset > data.length) throw new Error('the archive ends too early');
  return entries;
}

function ustarName(header: Buffer): string {
  const prefix = text(header, 257, 6) === 'ustar' ? text(header, 345, 155) : '';
  return (prefix === '' ? '' : `${prefix}/`) + text(header, 0, 100);
}

function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (number(header, 148, 8) !== sum) throw new Error('a header of the archive is damaged');
}

function text(block: Uint8Array, start: number, length: number): string {
  const bytes = Buffer.from(block.subarray(start, start + length));
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end === -1 ? bytes.length : end).toString();
}

function number(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw new Error(`a header of the archive has the number '${digits}'`);
  return Number.parseInt(digits || '0', 8);
}

function paxRecords(content: Uint8Array): Record<string, string> {
  const records: Record<string, string> = {};
  let rest = Buffer.from(content);
  while (rest.length > 0) {
    const length = Number.parseInt(rest.toString('latin1', 0, 20), 10);
    if (!(length > 0 && length <= rest.length)) throw new Error('an extended header of the archive is damaged');
    const record = rest.toString('utf8', rest.indexOf(0x20) + 1, length - 1);
    records[record.slice(0, record.indexOf('='))] = record.slice(record.indexOf('=') + 1);
    rest = rest.subarray(length);
  }
  return records;
}
