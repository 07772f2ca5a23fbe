/**
 * The steps of a capture. Each is named as the part of `POST /v1/verify` that it fills; the order is the service's.
 *
 * @typedef {"front" | "back" | "tilt_vertical" | "tilt_horizontal" | "see_through" | "companion"} StepName
 *
 * @typedef {object} Step
 * @property {boolean} film
 * @property {boolean} card whether a card's outline is to be seen
 * @property {boolean} dark whether the room may be dark
 * @property {boolean} optional left out unless somebody asks for it
 */

/** @type {Readonly<Record<StepName, Step>>} */
export const STEPS = Object.freeze({
  front: { film: false, card: true, dark: false, optional: false },
  back: { film: false, card: true, dark: false, optional: false },
  tilt_vertical: { film: true, card: true, dark: false, optional: false },
  tilt_horizontal: { film: true, card: true, dark: false, optional: false },
  see_through: { film: false, card: true, dark: true, optional: true },
  companion: { film: false, card: false, dark: false, optional: true },
});

/** @typedef {{steps: StepName[], tilt_frames: number, max_file_bytes: number}} Plan */

/** The plan cut to the steps that a page asked for, in the order of the service. @param {Plan} plan @param {string | null} wanted */
export function chosen(plan, wanted) {
  const names = new Set((wanted ?? "").split(/[\s,]+/u).filter(Boolean));
  const steps = plan.steps.filter((name) => name in STEPS && (names.size === 0 || names.has(name)));
  return { ...plan, steps: steps.length > 0 ? steps : plan.steps, required: names.size > 0 };
}
