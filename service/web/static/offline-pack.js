/**
 * A form as one run of bytes: four bytes with the length of a table, the table as JSON, then every file in turn.
 *
 * @typedef {{name: string, text: string} | {name: string, file: string, type: string, bytes: number}} Line
 */

/** @param {FormData} form @returns {Promise<Uint8Array>} */
export async function pack(form) {
  /** @type {Line[]} */
  const table = [];
  const files = [];
  for (const [name, value] of form) {
    if (typeof value === "string") table.push({ name, text: value });
    else {
      const content = new Uint8Array(await value.arrayBuffer());
      table.push({ name, file: value.name, type: value.type, bytes: content.length });
      files.push(content);
    }
  }
  const head = new TextEncoder().encode(JSON.stringify(table));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.length);
  return new Uint8Array(await new Blob([length, head, ...files]).arrayBuffer());
}

/** @param {ArrayBuffer} packed @returns {FormData} */
export function unpack(packed) {
  const length = new DataView(packed).getUint32(0);
  /** @type {Line[]} */
  const table = JSON.parse(new TextDecoder().decode(packed.slice(4, 4 + length)));
  const form = new FormData();
  let at = 4 + length;
  for (const line of table) {
    if ("text" in line) form.append(line.name, line.text);
    else {
      form.append(line.name, new Blob([packed.slice(at, at + line.bytes)], { type: line.type }), line.file);
      at += line.bytes;
    }
  }
  return form;
}
