import { closeSync, openSync, readSync } from "node:fs";

const DT_NEEDED = 1n;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

const SECTION_DYNAMIC = 6;

/** Names of the libraries that a program or library is loaded with: 64 bit, little-endian ELF, as on x86-64 and arm64. */
export function neededLibraries(path: string): readonly string[] {
  const file = openSync(path, "r");
  try {
    const sections = readSections(file);
    const dynamic = sections.find(({ type }) => type === SECTION_DYNAMIC);
    const strings = dynamic && sections[dynamic.link];
    if (dynamic === undefined || strings === undefined) return [];
    const entries = readAt(file, dynamic.offset, dynamic.size);
    const text = readAt(file, strings.offset, strings.size);
    const needed: string[] = [];
    for (let at = 0; at + 16 <= entries.length; at += 16) {
      if (entries.readBigInt64LE(at) !== DT_NEEDED) continue;
      const start = Number(entries.readBigUInt64LE(at + 8));
      needed.push(text.toString("latin1", start, text.indexOf(0, start)));
    }
    return needed;
  } finally {
    closeSync(file);
  }
}

function readSections(file: number): readonly Section[] {
  const header = readAt(file, 0, 64);
  if (header.length < 64 || header.toString("latin1", 0, 6) !== "\x7fELF\x02\x01") return [];
  const table = readAt(file, Number(header.readBigUInt64LE(40)), header.readUInt16LE(60) * 64);
  return Array.from({ length: Math.floor(table.length / 64) }, (_, index) => {
    const entry = table.subarray(index * 64);
    return {
      type: entry.readUInt32LE(4),
      offset: Number(entry.readBigUInt64LE(24)),
      size: Number(entry.readBigUInt64LE(32)),
      link: entry.readUInt32LE(40),
    };
  });
}

function readAt(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, offset));
}
