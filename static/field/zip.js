// A ZIP file whose members are stored as they are: photos are small already.

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) c = table[(c ^ b) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** Numbers as bytes, little-endian. @param {[number, number][]} pairs value and length */
function bytesOf(pairs) {
  const out = [];
  for (const [value, length] of pairs) for (let i = 0; i < length; i++) out.push(Math.floor(value / 256 ** i) % 256);
  return new Uint8Array(out);
}

/**
 * @param {{name: string, bytes: Uint8Array}[]} members with ASCII names
 * @returns {Blob}
 */
export function zip(members) {
  const [parts, index] = [/** @type {any[]} */ ([]), /** @type {any[]} */ ([])];
  let offset = 0;
  let indexSize = 0;
  for (const { name, bytes } of members) {
    const label = new TextEncoder().encode(name);
    // Version 2.0, no flags, stored, 1980-01-01 00:00.
    const common = /** @type {[number, number][]} */ ([[20, 2], [0, 2], [0, 2], [0, 2], [33, 2], [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [label.length, 2], [0, 2]]);
    const local = bytesOf([[0x04034b50, 4], ...common]);
    const central = bytesOf([[0x02014b50, 4], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]);
    parts.push(local, label, bytes);
    index.push(central, label);
    offset += local.length + label.length + bytes.length;
    indexSize += central.length + label.length;
  }
  const end = bytesOf([[0x06054b50, 4], [0, 2], [0, 2], [members.length, 2], [members.length, 2], [indexSize, 4], [offset, 4], [0, 2]]);
  return new Blob([...parts, ...index, end], { type: 'application/zip' });
}
