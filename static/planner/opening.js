// What the page begins with, in one request: who looks, the places, and the classes
// of the one that is shown first.
import { get } from '../base/api.js';

/**
 * @typedef {object} Opening
 * @property {import('../base/session.js').Session} [session]
 * @property {import('./registry.js').Jurisdiction[]} [jurisdictions]
 * @property {{jurisdiction: string, classes: import('./registry.js').Class[]}} [classes]
 */

/** @type {Promise<Opening>} */
const opening = get('/api/v1/opening').catch(() => ({})); // then each asks for itself, and says what is wrong

/**
 * A part of it, to the first who asks; undefined where it did not come, and later.
 * @template {keyof Opening} Part
 * @param {Part} part
 * @returns {Promise<Opening[Part]>}
 */
export async function begun(part) {
  const all = await opening;
  const value = all[part];
  delete all[part];
  return value;
}
