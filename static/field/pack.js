// The area on the phone: all that is needed without the network, kept current by
// the change feed.
import { computed, signal } from '@preact/signals';
import { get } from '../base/api.js';
import { distance, locator } from '../base/geo.js';
import { db, meta, setMeta } from './db.js';
import { items } from './outbox.js';

/** @typedef {any} Asset a feature of the registry: id, geometry, properties, version */

/** @type {import('@preact/signals').Signal<any>} */
export const pack = signal(null);
/** @type {import('@preact/signals').Signal<Map<string, Asset>>} */
export const assets = signal(new Map());
export const fetching = signal(false);
export const packProblem = signal(/** @type {Error | null} */ (null));

export const classes = computed(() => {
  const used = new Map();
  for (const a of assets.value.values()) used.set(a.properties.class, (used.get(a.properties.class) ?? 0) + 1);
  for (const o of items.value) if (o.noun === 'asset' && o.body.kind === 'create') used.set(o.body.value.class, (used.get(o.body.value.class) ?? 0) + 1000);
  const points = (pack.value?.classes ?? []).filter((/** @type {any} */ c) => c.geometry === 'point');
  return points.sort((/** @type {any} */ a, /** @type {any} */ b) => (used.get(b.code) ?? 0) - (used.get(a.code) ?? 0) || a.code.localeCompare(b.code));
});
/** @param {string} code */
export const classOf = (code) => pack.value?.classes.find((/** @type {any} */ c) => c.code === code);

/** Where a point stands, as the server will say. */
export const place = computed(() => {
  if (!pack.value) return () => ({ segment: null, chainage_m: null, side: '', offset_m: null, community: null });
  const communities = pack.value.areas.features.filter((/** @type {any} */ a) => a.properties.level === 'community');
  return locator(pack.value.segments.features, communities);
});
/** @param {string | null} id */
export const segmentOf = (id) => pack.value?.segments.features.find((/** @type {any} */ s) => s.id === id);

/**
 * The asset of the class within its radius that is nearest, or null.
 * @param {string} code @param {[number, number]} at
 */
export function twinOf(code, at) {
  const radius = classOf(code)?.radius_m ?? 0;
  let best = { d: radius, asset: /** @type {Asset | null} */ (null) };
  for (const a of assets.value.values()) {
    if (a.properties.class !== code || a.geometry?.type !== 'Point' || Math.abs(a.geometry.coordinates[1] - at[1]) > 0.001) continue;
    const d = distance(a.geometry.coordinates, at);
    if (d < best.d) best = { d, asset: a };
  }
  return best.asset;
}

/** @param {any} f a feature of the pack or an `after` of the feed */
const flat = (f) => ({ id: f.id, geometry: f.geometry, properties: f.properties ?? f, version: f.properties?.version ?? f.version ?? 1, code: f.properties?.code ?? f.code });

/** Reads the store's assets into memory. */
export async function readAssets() {
  assets.value = new Map((await (await db()).getAll('assets')).map((/** @type {any} */ a) => [a.id, a]));
}

/** Ids with unanswered work: what the server says of them waits. */
const busy = () => new Set(items.peek().filter((o) => o.state === 'waiting' || o.state === 'refused').map((o) => o.id));

/** Gets the whole area. What is on the phone stays until all of it has arrived. */
export async function download() {
  const jurisdiction = await meta('jurisdiction');
  if (!jurisdiction || fetching.peek()) return;
  fetching.value = true;
  packProblem.value = null;
  try {
    const { assets: features, ...head } = await get('/api/v1/pack', { jurisdiction });
    head.size = JSON.stringify(head).length + JSON.stringify(features).length;
    const tx = (await db()).transaction(['assets', 'meta'], 'readwrite');
    const kept = busy();
    const mine = (await tx.objectStore('assets').getAll()).filter((/** @type {any} */ a) => kept.has(a.id));
    tx.objectStore('assets').clear();
    for (const f of features.features) if (!kept.has(f.id)) tx.objectStore('assets').put(flat(f));
    for (const a of mine) tx.objectStore('assets').put(a);
    tx.objectStore('meta').put({ ...head, freshAt: Date.now() }, 'pack');
    await tx.done;
    pack.value = await meta('pack');
    await readAssets();
  } catch (cause) {
    packProblem.value = /** @type {Error} */ (cause);
  }
  fetching.value = false;
}

/** Follows the change feed: only what changed. Another epoch asks for the area anew. */
export async function refresh() {
  const held = pack.peek();
  const jurisdiction = await meta('jurisdiction');
  if (!held || fetching.peek()) return;
  fetching.value = true;
  packProblem.value = null;
  let stale = false;
  try {
    for (let { seq } = held, more = true; more && !stale;) {
      const { changes, next, epoch } = await get('/api/v1/changes', { jurisdiction, since: seq, limit: 1000 });
      stale = epoch !== undefined && epoch !== held.epoch;
      stale ||= changes.some((/** @type {any} */ c) => ['segment', 'area', 'class'].includes(c.noun));
      if (!stale) await apply(changes, next);
      more = changes.length > 0 && next !== seq;
      seq = next;
    }
  } catch (cause) {
    packProblem.value = /** @type {Error} */ (cause);
  }
  fetching.value = false;
  if (stale) await download();
}

/** @param {any[]} changes @param {number} next */
async function apply(changes, next) {
  const kept = busy();
  const tx = (await db()).transaction(['assets', 'meta'], 'readwrite');
  const store = tx.objectStore('assets');
  for (const c of changes) {
    if (c.noun !== 'asset' || kept.has(c.id)) continue;
    const have = await store.get(c.id);
    if (have && have.version > c.version) continue;
    if (!c.after || c.kind === 'delete') await store.delete(c.id);
    else await store.put(flat({ ...c.after, id: c.id, version: c.version }));
  }
  const value = { ...pack.peek(), seq: next, freshAt: Date.now() };
  await tx.objectStore('meta').put(value, 'pack');
  await tx.done;
  pack.value = value;
  if (changes.length > 0) await readAssets();
}

/** Chooses the jurisdiction this phone works in, where none is chosen. @param {string} [code] */
export async function choose(code) {
  if (!code && await meta('jurisdiction')) return;
  const { jurisdictions } = await get('/api/v1/jurisdictions');
  const chosen = code ?? jurisdictions[0]?.code;
  if (chosen) await setMeta('jurisdiction', chosen);
}

export async function startPack() {
  pack.value = await meta('pack') ?? null;
  await readAssets();
}
