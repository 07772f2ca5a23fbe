/**
 * QR codes (ISO/IEC 18004) of short texts: byte mode, error correction M, versions 1 to 10. Made on the device,
 * since what stands in them is a secret for some minutes.
 */

/** By version: error correction codewords of a block, then the data codewords of each block. */
const BLOCKS = [
  [10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]], [16, [27, 27, 27, 27]],
  [18, [31, 31, 31, 31]], [22, [38, 38, 39, 39]], [22, [36, 36, 36, 37, 37]], [26, [43, 43, 43, 43, 44]],
];
const ALIGNMENT = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];
/** @type {((r: number, c: number) => boolean)[]} */
const MASKS = [
  (r, c) => (r + c) % 2 === 0, (r) => r % 2 === 0, (_, c) => c % 3 === 0, (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0, (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0, (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i += 1) {
  EXP[i] = x;
  EXP[i + 255] = x;
  LOG[x] = i;
  x = x & 128 ? (x << 1) ^ 285 : x << 1;
}

/** The dark modules of a text's code, row by row. Throws RangeError for a text that is too long. @param {string} text */
export function qrModules(text) {
  const bytes = new TextEncoder().encode(text);
  const version = smallest(bytes.length);
  const bits = placed(version, interleaved(version, codewords(version, bytes)));
  let best = null;
  for (let mask = 0; mask < 8; mask += 1) {
    const grid = masked(bits, mask);
    const cost = penalty(grid);
    if (best === null || cost < best.cost) best = { cost, grid };
  }
  return /** @type {{grid: boolean[][]}} */ (best).grid;
}

/** The code as the path of an SVG whose unit is one module. @param {string} text */
export function qrPath(text) {
  const grid = qrModules(text);
  const path = grid.map((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : "")).join("")).join("");
  return { path, size: grid.length + 8 };
}

/** @param {number} version */
const capacity = (version) => BLOCKS[version - 1][1].reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);

/** @param {number} length */
function smallest(length) {
  for (let version = 1; version <= 10; version += 1) {
    if (capacity(version) * 8 >= 4 + (version < 10 ? 8 : 16) + 8 * length) return version;
  }
  throw new RangeError("too long for a QR code of version 10");
}

/** @param {number} version @param {Uint8Array} bytes */
function codewords(version, bytes) {
  /** @type {number[]} */
  const bits = [];
  const put = (/** @type {number} */ value, /** @type {number} */ count) => {
    for (let i = count - 1; i >= 0; i -= 1) bits.push((value >> i) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  const room = capacity(version) * 8;
  put(0, Math.min(4, room - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 236; bits.length < room; pad = 253 - pad) put(pad, 8);
  return Uint8Array.from({ length: room / 8 }, (_, i) => bits.slice(8 * i, 8 * i + 8).reduce((a, b) => 2 * a + b, 0));
}

/** Data and correction of all blocks in the order of the symbol. @param {number} version @param {Uint8Array} data */
function interleaved(version, data) {
  const [count, sizes] = /** @type {[number, number[]]} */ (BLOCKS[version - 1]);
  let from = 0;
  const blocks = sizes.map((size) => data.slice(from, (from += size)));
  const checks = blocks.map((block) => correction(block, count));
  const out = [];
  for (let i = 0; i < Math.max(...sizes); i += 1) for (const block of blocks) if (i < block.length) out.push(block[i]);
  for (let i = 0; i < count; i += 1) for (const check of checks) out.push(check[i]);
  return out;
}

/** Reed-Solomon remainder. @param {Uint8Array} block @param {number} count */
function correction(block, count) {
  let generator = [1];
  for (let i = 0; i < count; i += 1) {
    const next = [...generator, 0];
    generator.forEach((value, j) => {
      if (value) next[j + 1] ^= EXP[LOG[value] + i];
    });
    generator = next;
  }
  const rest = [...block, ...new Array(count).fill(0)];
  for (let i = 0; i < block.length; i += 1) {
    if (!rest[i]) continue;
    const lead = LOG[rest[i]];
    generator.forEach((value, j) => {
      rest[i + j] ^= EXP[LOG[value] + lead];
    });
  }
  return rest.slice(block.length);
}

/** Modules before masking: fixed patterns, free places filled with the bits. @param {number} version @param {number[]} words */
function placed(version, words) {
  const size = 17 + 4 * version;
  /** @type {boolean[][]} */
  const dark = Array.from({ length: size }, () => new Array(size).fill(false));
  /** @type {boolean[][]} */
  const fixed = Array.from({ length: size }, () => new Array(size).fill(false));
  const set = (/** @type {number} */ r, /** @type {number} */ c, /** @type {boolean} */ on) => {
    if (r < 0 || c < 0 || r >= size || c >= size) return;
    dark[r][c] = on;
    fixed[r][c] = true;
  };
  for (const [r, c] of [[3, 3], [3, size - 4], [size - 4, 3]]) square(set, r, c, 4, [0, 1, 3]);
  for (let i = 8; i < size - 8; i += 1) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  const centres = ALIGNMENT[version - 1];
  const last = centres.length - 1;
  centres.forEach((r, i) => centres.forEach((c, j) => {
    if (!((i === 0 && (j === 0 || j === last)) || (i === last && j === 0))) square(set, r, c, 2, [0, 2]);
  }));
  for (let i = 0; i < 9; i += 1) {
    for (const [r, c] of [[8, i], [i, 8], [8, size - 1 - i], [size - 1 - i, 8]]) {
      if ((i < 8 || (r < 9 && c < 9)) && !fixed[r][c]) set(r, c, false);
    }
  }
  set(size - 8, 8, true);
  if (version >= 7) versionBits(version, size, set);
  fill(dark, fixed, words);
  return { dark, fixed };
}

/** @param {(r: number, c: number, on: boolean) => void} set @param {number} r @param {number} c @param {number} reach @param {number[]} rings that are dark */
function square(set, r, c, reach, rings) {
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) set(r + y, c + x, rings.includes(Math.max(Math.abs(x), Math.abs(y))));
  }
}

/** @param {number} value @param {number} bits @param {number} generator */
function bch(value, bits, generator) {
  const length = generator.toString(2).length - 1;
  let rest = value << length;
  for (let i = bits - 1; i >= 0; i -= 1) if (rest & (1 << (i + length))) rest ^= generator << i;
  return (value << length) | rest;
}

/** @param {number} version @param {number} size @param {(r: number, c: number, on: boolean) => void} set */
function versionBits(version, size, set) {
  const bits = bch(version, 6, 0x1f25);
  for (let i = 0; i < 18; i += 1) {
    const on = Boolean((bits >> i) & 1);
    set(Math.floor(i / 3), size - 11 + (i % 3), on);
    set(size - 11 + (i % 3), Math.floor(i / 3), on);
  }
}

/** In pairs of columns from the right, up and down. @param {boolean[][]} dark @param {boolean[][]} fixed @param {number[]} words */
function fill(dark, fixed, words) {
  const size = dark.length;
  let bit = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i += 1) {
      const r = up ? size - 1 - i : i;
      for (const c of [right, right - 1]) {
        if (fixed[r][c]) continue;
        dark[r][c] = Boolean(((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
        bit += 1;
      }
    }
  }
}

/** @param {{dark: boolean[][], fixed: boolean[][]}} bits @param {number} mask */
function masked({ dark, fixed }, mask) {
  const size = dark.length;
  const grid = dark.map((row, r) => row.map((on, c) => (fixed[r][c] ? on : on !== MASKS[mask](r, c))));
  const format = bch(mask, 5, 0x537) ^ 0x5412; // level M is 00
  for (let i = 0; i < 15; i += 1) {
    const on = Boolean((format >> i) & 1);
    grid[i < 6 ? i : i < 8 ? i + 1 : size - 15 + i][8] = on;
    grid[8][i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i] = on;
  }
  return grid;
}

/** Runs, blocks, finder-like patterns and imbalance, as the standard weighs them. @param {boolean[][]} grid */
function penalty(grid) {
  const size = grid.length;
  const lines = [...grid, ...grid.map((_, c) => grid.map((row) => row[c]))];
  let cost = 0;
  for (const line of lines) {
    const text = line.map(Number).join("");
    for (const run of text.match(/0{5,}|1{5,}/gu) ?? []) cost += run.length - 2;
    cost += 40 * (text.match(/(?=00001011101|10111010000)/gu)?.length ?? 0);
  }
  let darks = 0;
  for (let r = 0; r < size; r += 1) {
    for (let c = 0; c < size; c += 1) {
      if (grid[r][c]) darks += 1;
      if (r && c && grid[r][c] === grid[r - 1][c] && grid[r][c] === grid[r][c - 1] && grid[r][c] === grid[r - 1][c - 1]) cost += 3;
    }
  }
  return cost + 10 * Math.floor(Math.abs((darks * 20) / (size * size) - 10));
}
