// Things picked on the map for a form: what a click on the map adds or takes
// away, and what of it is marked there.
import { effect, signal } from '@preact/signals';
import { get } from '../base/api.js';
import { jurisdiction } from '../base/store.js';

/** @typedef {{noun: string, id: string}} Target */
/** @typedef {import('./registry.js').Feature} Feature */

/** Who takes the clicks on the map; null where a click opens what it hits. */
export const picker = signal(/** @type {{nouns: readonly string[], toggle: (target: Target) => void} | null} */ (null));

/** What the map marks. */
export const picked = signal(/** @type {Target[]} */ ([]));

/** Assets by id, as far as they were asked for; null for one that is gone. */
const assets = signal(/** @type {ReadonlyMap<string, Feature | null>} */ (new Map()));
/** @type {Set<string>} */
const asked = new Set();

effect(() => {
  jurisdiction.value;
  asked.clear();
  assets.value = new Map();
});

/** @param {string} id */
async function fetchAsset(id) {
  const found = await get(`/ogc/collections/assets/items/${id}`).catch(() => null);
  assets.value = new Map(assets.peek()).set(id, found);
}

/**
 * An asset by its id; undefined until it was fetched, null where there is none.
 * @param {string} id
 */
export function assetOf(id) {
  const found = assets.value.get(id);
  if (found === undefined && !asked.has(id)) {
    asked.add(id);
    fetchAsset(id);
  }
  return found;
}

/**
 * A list with a target added, or without it where it was there.
 * @param {Target[]} list
 * @param {Target} target
 */
export const toggled = (list, target) => (list.some((x) => x.id === target.id) ? list.filter((x) => x.id !== target.id) : [...list, { noun: target.noun, id: target.id }]);
