// The area on the phone: all that is needed without the network, kept current by
// the change feed.
import { computed, signal } from '@preact/signals';
import { get, Problem } from '../base/api.js';
import { distance, locator } from '../base/geo.js';
import { t } from '../base/i18n.js';
import { may, me, refresh as askSession } from '../base/session.js';
import { db, meta, spoil } from './db.js';
import { items, look } from './outbox.js';

const wait = 600_000; // ms for a whole area over a slow network

/** @typedef {any} Asset a feature of the registry: id, geometry, properties, version */

/** @type {import('@preact/signals').Signal<any>} */
export const pack = signal(null);
/** @type {import('@preact/signals').Signal<Map<string, Asset>>} */
export const assets = signal(new Map());
export const fetching = signal(false);
export const packProblem = signal(/** @type {Error | null} */ (null));
/** Where the person may work: none until the server was asked. */
export const choices = signal(/** @type {{code: string, name: string}[]} */ ([]));
/** Open conflicts, as the feed tells of them. */
export const conflicts = signal(/** @type {any[]} */ ([]));

export const classes = computed(() => {
  const used = new Map();
  for (const a of assets.value.values()) used.set(a.properties.class, (used.get(a.properties.class) ?? 0) + 1);
  for (const o of items.value) if (o.noun === 'asset' && o.body.kind === 'create') used.set(o.body.value.class, (used.get(o.body.value.class) ?? 0) + 1000);
  const points = (pack.value?.classes ?? []).filter((/** @type {any} */ c) => c.geometry === 'point');
  return points.sort((/** @type {any} */ a, /** @type {any} */ b) => (used.get(b.code) ?? 0) - (used.get(a.code) ?? 0) || a.code.localeCompare(b.code));
});
/** @param {string} code */
export const classOf = (code) => pack.value?.classes.find((/** @type {any} */ c) => c.code === code);

// Parts of the area that are large, and the same while only its position moves on.
export const basemap = computed(() => pack.value?.basemap);
export const segments = computed(() => pack.value?.segments);
const areas = computed(() => pack.value?.areas);

/** Where a point stands, as the server will say. */
export const place = computed(() => {
  if (!segments.value) return () => ({ segment: null, chainage_m: null, side: '', offset_m: null, community: null });
  const communities = areas.value.features.filter((/** @type {any} */ a) => a.properties.level === 'community');
  return locator(segments.value.features, communities);
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

/** @param {any} f a feature of the pack or an `after` of the feed @param {string} epoch that told it */
const flat = (f, epoch) => ({ id: f.id, epoch, geometry: f.geometry, properties: f.properties ?? f, version: f.properties?.version ?? f.version ?? 1, code: f.properties?.code ?? f.code });

let reading = Promise.resolve();

/**
 * Reads the store's assets and conflicts into memory, one reading after the other:
 * a slow one never covers what a later one found.
 * @param {Iterable<string>} [ids] the only assets that may differ: thousands take longer than a tap may
 */
export function readAssets(ids) {
  const done = reading.then(() => (ids ? readSome(ids) : readAll()));
  reading = done.catch(() => {}); // whoever asked hears of it
  return done;
}

async function readAll() {
  const store = await db();
  const [all, open] = await Promise.all([store.getAll('assets'), store.getAll('conflicts')]);
  assets.value = new Map(all.map((/** @type {any} */ a) => [a.id, a]));
  conflicts.value = open;
}

/** @param {Iterable<string>} ids */
async function readSome(ids) {
  const tx = (await db()).transaction(['assets', 'conflicts']);
  const [open, ...found] = await Promise.all([tx.objectStore('conflicts').getAll(), ...[...ids].map(async (id) => /** @type {const} */ ([id, await tx.objectStore('assets').get(id)]))]);
  const now = new Map(assets.peek());
  for (const [id, a] of found) if (a) now.set(id, a); else now.delete(id);
  assets.value = now;
  conflicts.value = open;
}

/** Ids with unanswered work: what the server says of them waits. */
const busy = () => new Set(items.peek().filter((o) => o.state === 'waiting' || o.state === 'refused').map((o) => o.id));

/**
 * Gets the whole area, or what stands along some of its segments. What is on
 * the phone stays until all of it has arrived.
 * @param {string[]} [segments] as before where none are given; [] is all
 * @param {string} [code] of another jurisdiction than the one the phone works in
 */
export async function download(segments, code) {
  const jurisdiction = code ?? await meta('jurisdiction');
  if (!jurisdiction || fetching.peek()) return;
  const held = pack.peek();
  const along = segments ?? (held?.jurisdiction.code === jurisdiction ? held.along : undefined) ?? [];
  fetching.value = true;
  packProblem.value = null;
  try {
    const { assets: features, ...head } = await get('/api/v1/pack', { jurisdiction, segments: along.join(',') || undefined }, undefined, wait);
    const disputes = await get('/api/v1/conflicts', { jurisdiction, open: 'true' });
    await keep({ ...head, along, size: JSON.stringify(head).length + JSON.stringify(features).length, freshAt: Date.now() }, features.features, disputes.conflicts);
  } catch (cause) {
    packProblem.value = /** @type {Error} */ (cause);
  }
  fetching.value = false;
}

/** @param {any} head @param {any[]} features @param {any[]} open conflicts */
async function keep(head, features, open) {
  const kept = busy();
  const tx = (await db()).transaction(['assets', 'meta', 'conflicts'], 'readwrite');
  const mine = (await tx.objectStore('assets').getAll()).filter((/** @type {any} */ a) => kept.has(a.id));
  tx.objectStore('assets').clear();
  for (const f of features) if (!kept.has(f.id)) tx.objectStore('assets').put(flat(f, head.epoch));
  for (const a of mine) tx.objectStore('assets').put(a);
  tx.objectStore('conflicts').clear();
  for (const c of open) tx.objectStore('conflicts').put(c);
  tx.objectStore('meta').put([...kept], 'stale');
  tx.objectStore('meta').put(head, 'pack');
  tx.objectStore('meta').delete('reached');
  tx.objectStore('meta').put(head.jurisdiction.code, 'jurisdiction');
  await tx.done;
  pack.value = head;
  await readAssets();
}

let again = false;

/** Follows the change feed: only what changed. Another epoch asks for the area anew. */
export async function refresh() {
  const held = pack.peek();
  const jurisdiction = await meta('jurisdiction');
  if (!held || held.jurisdiction.code !== jurisdiction) return;
  if (fetching.peek()) { again = true; return; } // what is asked for may have come after its question
  fetching.value = true;
  again = false;
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
    if (!stale) await readAgain();
  } catch (cause) {
    packProblem.value = /** @type {Error} */ (cause);
  }
  fetching.value = false;
  if (stale) await download();
  else if (again) await refresh();
}

/** @param {any[]} changes @param {number} next */
async function apply(changes, next) {
  const kept = busy();
  const { along = [], epoch } = pack.peek();
  const tx = (await db()).transaction(['assets', 'meta', 'conflicts', 'ops'], 'readwrite');
  const store = tx.objectStore('assets');
  let answered = false;
  for (const c of changes) {
    if (c.noun === 'conflict') answered = await hearConflict(tx, c) || answered;
    if (c.noun !== 'asset') continue;
    if (kept.has(c.id)) { await spoil(tx.objectStore('meta'), [c.id]); continue; }
    const have = await store.get(c.id);
    if (have && have.version > c.version) continue;
    const outside = along.length > 0 && !have && !along.includes(c.after?.segment);
    if (!c.after || c.kind === 'delete') await store.delete(c.id);
    else if (!outside) await store.put(flat({ ...c.after, id: c.id, version: c.version }, epoch));
  }
  const reached = { seq: next, freshAt: Date.now() };
  await tx.objectStore('meta').put(reached, 'reached'); // beside the pack, whose segments and areas are large
  await tx.done;
  pack.value = { ...pack.peek(), ...reached };
  if (changes.length > 0) await readAssets(new Set(changes.filter((c) => c.noun === 'asset').map((c) => c.id)));
  if (answered) await look();
}

/** A conflict that is new, or was settled, perhaps by somebody else. Holds whether an item here was about it. @param {any} tx @param {any} c */
async function hearConflict(tx, c) {
  if (c.after && !c.after.choice) { await tx.objectStore('conflicts').put({ ...c.after, id: c.id }); return false; }
  await tx.objectStore('conflicts').delete(c.id);
  const item = c.after && await tx.objectStore('ops').index('op').get(c.after.op);
  if (item?.receipt?.conflict?.id !== c.id) return false;
  await tx.objectStore('ops').put({ ...item, receipt: { ...item.receipt, resolved: c.after.choice } });
  return true;
}

/** Asks for each asset whose copy may be behind, where no work of ours is open on it. */
async function readAgain() {
  const kept = busy();
  const behind = (await meta('stale') ?? []).filter((/** @type {string} */ id) => !kept.has(id));
  if (behind.length === 0) return;
  const { epoch } = pack.peek();
  const found = /** @type {any[]} */ ([]);
  for (const id of behind) {
    const f = await get(`/ogc/collections/assets/items/${id}`).catch((cause) => { if (cause instanceof Problem && [404, 410].includes(cause.status)) return null; throw cause; });
    found.push(f && flat(f, epoch));
  }
  const tx = (await db()).transaction(['assets', 'meta'], 'readwrite');
  for (const [i, id] of behind.entries()) await (found[i] ? tx.objectStore('assets').put(found[i]) : tx.objectStore('assets').delete(id));
  const left = (await tx.objectStore('meta').get('stale')).filter((/** @type {string} */ id) => !behind.includes(id));
  await tx.objectStore('meta').put(left, 'stale');
  await tx.done;
  await readAssets(behind);
}

/**
 * Gets one asset that the area on the phone does not hold, or null.
 * @param {string | undefined} id
 * @param {string | undefined} code in place of the id
 */
export async function fetchAsset(id, code) {
  await refresh(); // another epoch is heard of first
  const jurisdiction = await meta('jurisdiction');
  const found = id ? await get(`/ogc/collections/assets/items/${id}`) : (await get('/ogc/collections/assets/items', { jurisdiction, code, limit: 1 })).features[0];
  if (!found || found.properties.jurisdiction !== jurisdiction) return null;
  const asset = flat(found, pack.peek()?.epoch);
  await (await db()).put('assets', asset);
  assets.value = new Map(assets.value).set(asset.id, asset);
  return asset;
}

/**
 * The jurisdiction to begin in: the one the phone works in, or the only one in
 * which the person may. Where there are several the page asks, by `choices`.
 * @returns {Promise<string | undefined>}
 */
export async function choose() {
  const known = await meta('jurisdiction');
  const { jurisdictions } = await get('/api/v1/jurisdictions');
  await askSession();
  choices.value = jurisdictions.filter((/** @type {any} */ j) => may('field', j.code));
  if (known) return known;
  if (choices.value.length === 0) throw me.peek() ? new Problem(t('field.norole'), { status: 403 }) : new Problem('', { status: 401 });
  return choices.value.length === 1 ? choices.value[0].code : undefined;
}

export async function startPack() {
  const held = await meta('pack');
  pack.value = held ? { ...held, ...await meta('reached') } : null;
  await readAssets();
}
