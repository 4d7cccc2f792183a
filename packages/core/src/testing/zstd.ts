/** The bytes as a zstd file of stored blocks: valid for every reader, and made without a compressor. */
export function storedAsZstd(content: Buffer): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
  const parts: Buffer[] = [header];
  const block = 100_000;
  for (let start = 0; start === 0 || start < content.length; start += block) {
    const piece = content.subarray(start, start + block);
    const is_last = start + block >= content.length ? 1 : 0;
    const size = Buffer.alloc(3);
    size.writeUIntLE((piece.length << 3) | is_last, 0, 3);
    parts.push(size, piece);
  }
  return Buffer.concat(parts);
}
