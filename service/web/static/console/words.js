/** Sentences for reason codes in the language in force, as the service has them. */

import { known, language, t } from "../i18n.js";
import { reasonSentences } from "./asking.js";

/** @param {string} code */
export async function reasonText(code) {
  const key = `console.reason.${code}`;
  if (known(key)) return t(key);
  try {
    const sentence = (await reasonSentences()).get(code);
    return sentence?.[language()] ?? sentence?.en ?? code;
  } catch {
    return code; // the catalogue could not be had: the code says it too
  }
}

/**
 * The sentence of a check's result: the report's own where it is in this language, since its places are filled
 * there; else the catalogue's.
 *
 * @param {{reason: string, message: string}} check
 */
export async function checkText(check) {
  const japanese = /[\u3041-\u30ff\u4e00-\u9fff]/u.test(check.message);
  const same = language() === "en" ? !japanese : language() === "ja" && japanese;
  return same ? check.message : reasonText(check.reason);
}
