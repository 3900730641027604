// The registry as the planner sees it: what was fetched, and what follows from
// it and the view.
import { computed, effect, signal } from '@preact/signals';
import { features, get, Problem } from '../base/api.js';
import { named, t } from '../base/i18n.js';
import { everywhere, known, me } from '../base/session.js';
import { fen } from '../base/money.js';
import * as store from '../base/store.js';
import { begun } from './opening.js';
import { breaks } from '../map/breaks.js';
import { pieces } from '../map/topology.js';

/**
 * @typedef {{code: string, name: string, profile: string, source: string, bbox: [number, number, number, number] | null, areas: number, segments: number, assets: number}} Jurisdiction
 * @typedef {{key: string, name: string, name_en: string, kind: string, unit?: string, min?: number, max?: number, choices?: string[], required?: boolean}} Field
 * @typedef {{id: string, version: number, jurisdiction: string, code: string, name: string, name_en: string, major_name: string, major_name_en: string,
 *   geometry: 'point' | 'line' | 'polygon', icon: string, color: string, radius_m: number, accuracy_m: number, local: boolean, fields: Field[] | null}} Class
 * @typedef {{total: number, good: number, fair: number, poor: number, dangerous: number}} SegmentCounts
 * @typedef {{total: number, by_class: Record<string, number>, by_condition: Record<string, number>, by_segment: Record<string, SegmentCounts>}} Counts
 * @typedef {{type: 'Feature', id: string, geometry: any, properties: Record<string, any>}} Feature
 */

/**
 * @template T
 * @typedef {object} Resource
 * @property {import('@preact/signals').Signal<T | null>} data kept while newer data is on its way
 * @property {import('@preact/signals').Signal<Error | null>} problem
 * @property {import('@preact/signals').Signal<boolean>} loading
 * @property {() => void} reload
 */

/** @type {import('@preact/signals').Signal<Resource<any>[]>} */
const resources = signal(/** @type {Resource<any>[]} */ ([]));

/**
 * Something fetched whenever its key changes: null or "" means that it is not
 * needed. A new `place` (the first word of the key) throws the old data away.
 * @template T
 * @param {() => string | null} key
 * @param {(signal: AbortSignal) => Promise<T>} fetch reads the signals that make up the key
 * @returns {Resource<T>}
 */
export function resource(key, fetch) {
  return transient(key, fetch).resource;
}

/**
 * The same, for as long as a sheet is open.
 * @template T
 * @param {() => string | null} key
 * @param {(signal: AbortSignal) => Promise<T>} fetch
 * @returns {{resource: Resource<T>, stop: () => void}}
 */
export function transient(key, fetch) {
  const data = signal(/** @type {T | null} */ (null));
  const problem = signal(/** @type {Error | null} */ (null));
  const loading = signal(false);
  const attempt = signal(0);
  let place = '';
  const end = effect(() => {
    attempt.value;
    const now = key();
    if (!now) { data.value = null; problem.value = null; return undefined; }
    const [first] = now.split(' ');
    if (first !== place) data.value = null;
    place = first;
    const abort = new AbortController();
    loading.value = true;
    problem.value = null;
    fetch(abort.signal).then(
      (got) => { if (!abort.signal.aborted) { data.value = got; loading.value = false; } },
      (cause) => { if (!abort.signal.aborted) { problem.value = cause; loading.value = false; } },
    );
    return () => { abort.abort(); loading.value = false; };
  });
  const made = { data, problem, loading, reload: () => { attempt.value = attempt.peek() + 1; } };
  resources.value = [...resources.peek(), made];
  const stop = () => { end(); resources.value = resources.peek().filter((r) => r !== made); };
  return { resource: made, stop };
}

const here = () => store.jurisdiction.value || null;

/** The key of what is asked for as of the time that is shown. */
const then = () => (store.jurisdiction.value ? `${store.jurisdiction.value} ${store.at.value}` : null);

/** The parameter that asks for it. */
export const when = () => store.at.peek() || undefined;

/** How often the tiles of assets have become old since the page was opened. */
export const tilesAge = signal(0);

/** @type {Resource<Jurisdiction[]>} */
export const jurisdictions = resource(() => 'all', async (signal) => await begun('jurisdictions') ?? (await get('/api/v1/jurisdictions', {}, signal)).jurisdictions);

/** @type {Resource<Class[]>} */
export const classes = resource(here, async (signal) => {
  const first = await begun('classes');
  return first?.jurisdiction === store.jurisdiction.peek() ? first.classes : (await get('/api/v1/classes', { jurisdiction: store.jurisdiction.peek() }, signal)).classes;
});

/** @type {Resource<Feature[]>} */
export const segments = resource(then, (signal) => features('segments', { jurisdiction: store.jurisdiction.peek(), datetime: when() }, signal));

// The unit grid is left out: it is fine-meshed and nobody reads it from here.
/** @type {Resource<Feature[]>} */
export const areas = resource(then, (signal) => features('areas', { jurisdiction: store.jurisdiction.peek(), datetime: when(), level: 'boundary,community,resettlement,compound' }, signal));

/** @type {Resource<import('../map/topology.js').Piece[]>} */
export const basemap = resource(here, async (signal) => pieces(await get('/api/v1/basemap', { jurisdiction: store.jurisdiction.peek(), f: 'topojson' }, signal)));

/** @type {Resource<Counts>} */
export const totals = resource(then, (signal) => get('/api/v1/counts', { jurisdiction: store.jurisdiction.peek(), datetime: when() }, signal));

/**
 * @typedef {{segment?: string, area?: string, name?: string, year?: string | number, month?: string, kind?: string, fund?: string, project?: string, amount: string, entries: number,
 *   amount_per_m?: string | null, amount_per_m2?: string | null, amount_per_asset?: string | null, amount_per_resident?: string | null,
 *   length_m?: number | null, area_m2?: number | null, residents?: number | null, asset_count?: number | null, href?: string,
 *   retired?: boolean, key?: boolean, from?: {id: string, name: string, amount: string}[]}} MoneyRow
 * @typedef {{basis: string, rows: MoneyRow[], elsewhere: string, unallocated: string, total: string, elsewhere_href?: string | null, unallocated_href?: string | null, total_href?: string}} Investment
 */

/** What the money is asked for under, as query parameters. */
export const moneyQuery = computed(() => ({
  jurisdiction: store.jurisdiction.value, basis: store.basis.value, from: store.from.value || undefined, to: store.to.value || undefined,
  kind: store.kind.value || undefined, fund: store.fund.value || undefined, status: store.status.value || undefined,
  lineage: store.lineage.value === 'current' ? 'current' : undefined,
}));

/** How often money was booked here since the page was opened. */
export const booked = signal(0);

/**
 * The key of money under what is chosen; null where there is no jurisdiction.
 * @param {string} about what of it
 */
export const moneyKey = (about) => (store.jurisdiction.value ? `${store.jurisdiction.value} ${about} ${booked.value} ${JSON.stringify(moneyQuery.value)}` : null);

/** @type {Resource<Investment>} */
export const money = resource(() => moneyKey(store.onto.value), (signal) => get('/api/v1/investment', { ...moneyQuery.peek(), by: store.onto.peek() }, signal));

/** Whether the money on the screen can be shown. */
export const hasMoney = computed(() => money.data.value !== null);

const rowsOfMoney = computed(() => new Map((money.data.value?.rows ?? []).map((r) => [r.segment ?? r.area ?? '', r])));

/**
 * What falls on a segment or an area, in fen.
 * @param {string} id
 */
export const moneyOn = (id) => fen(rowsOfMoney.value.get(id)?.amount);

/** Whether money on segments reads differently as booked and as of today: some of it stands on one that is no more. */
export const parted = computed(() => store.onto.value === 'segment' && (store.lineage.value === 'current' || Boolean(money.data.value?.rows.some((r) => r.retired))));

/**
 * What a segment that is no more was called, where money stands on it.
 * @param {string} id
 */
export const formerName = (id) => rowsOfMoney.value.get(id)?.name ?? money.data.value?.rows.flatMap((r) => r.from ?? []).find((o) => o.id === id)?.name;

/**
 * A money metric in yuan: a number to compare and to colour by, not to add up.
 * @param {Feature} feature
 * @param {number} assets
 * @param {typeof store.metrics[number]} metric
 */
export function moneyMeasure(feature, assets, metric) {
  const amount = Number(moneyOn(feature.id)) / 100;
  if (metric === 'invested') return amount;
  const row = rowsOfMoney.value.get(feature.id);
  const told = { invested_per_m: row?.amount_per_m ?? row?.amount_per_m2, invested_per_asset: row?.amount_per_asset, invested_per_resident: row?.amount_per_resident }[/** @type {string} */ (metric)];
  if (told) return Number(told);
  const by = metric === 'invested_per_asset' ? assets : metric === 'invested_per_resident' ? feature.properties.residents ?? 0 : feature.properties.length_m ?? feature.properties.area_m2 ?? 0;
  return by > 0 ? amount / by : 0;
}

/** The tiles of assets: the map reports how they fare. */
export const tilesProblem = signal(/** @type {Error | null} */ (null));
export const mapBusy = signal(false);

/** Whether anything is on its way. */
export const busy = computed(() => mapBusy.value || resources.value.some((r) => r.loading.value));

/** Whether the server was out of reach at the last attempt, or the browser says so. */
export const offline = computed(() => !store.online.value
  || resources.value.some((r) => r.problem.value instanceof Problem && r.problem.value.offline));

/** Asks again for everything that failed. */
export function retryAll() {
  for (const r of resources.peek()) if (r.problem.peek()) r.reload();
}

/** @type {import('@preact/signals').ReadonlySignal<Map<string, Class>>} */
export const classByCode = computed(() => new Map((classes.data.value ?? []).map((c) => [c.code, c])));

/** Classes of which there is at least one asset, by how many. */
export const present = computed(() => {
  const counted = totals.data.value?.by_class ?? {};
  return Object.entries(counted).sort((a, b) => b[1] - a[1]).map(([code]) => code);
});

/**
 * What the filters leave on, as query parameters; null where they leave none.
 * A filter that hides nothing is no parameter.
 */
export const wanted = computed(() => {
  const on = present.value.filter((c) => !store.classesOff.value.has(c));
  const kept = store.conditions.filter((c) => !store.conditionsOff.value.has(c));
  const none = (present.value.length > 0 && on.length === 0) || kept.length === 0;
  return {
    none,
    class: on.length > 0 && on.length < present.value.length ? on.join(',') : undefined,
    condition: kept.length > 0 && kept.length < store.conditions.length ? kept.join(',') : undefined,
  };
});

/** @type {Resource<Counts>} */
const narrowed = resource(
  () => {
    const { class: c, condition: k } = wanted.value;
    return store.jurisdiction.value && (c || k) ? `${store.jurisdiction.value} ${store.at.value} ${c} ${k}` : null;
  },
  (signal) => get('/api/v1/counts', { jurisdiction: store.jurisdiction.peek(), class: wanted.peek().class, condition: wanted.peek().condition, datetime: when() }, signal),
);

/** The figures under the filters are old. */
export function recount() {
  totals.reload();
  if (narrowed.data.peek()) narrowed.reload();
}

/** @returns {Error | null} */
export const countsProblem = () => totals.problem.value ?? narrowed.problem.value;

/** The figures under the filters; null before they are known. */
export const counts = computed(() => {
  const all = totals.data.value;
  if (!all) return null;
  const { none, class: c, condition: k } = wanted.value;
  // Until the narrowed figures are there the last ones stand; figures that did
  // not come must not pass for others.
  if ((c || k) && narrowed.problem.value) return null;
  const found = c || k ? narrowed.data.value ?? all : all;
  return none ? { ...found, total: 0, by_segment: {} } : found;
});

/** @type {SegmentCounts} */
const nothing = { total: 0, good: 0, fair: 0, poor: 0, dangerous: 0 };

/**
 * @param {string} id
 * @returns {SegmentCounts}
 */
export const segmentCounts = (id) => counts.value?.by_segment[id] ?? nothing;

/**
 * The value of a segment under a metric.
 * @param {SegmentCounts} c
 * @param {number} length metres
 * @param {typeof store.metrics[number]} metric
 */
export function measure(c, length, metric) {
  if (metric === 'count') return c.total;
  if (metric === 'density') return length > 0 ? (c.total / length) * 100 : 0;
  return c.total > 0 ? (c.poor + c.dangerous) / c.total : 0;
}

/**
 * Key segments that are no more, on which money stands all the same: without a
 * place on the map.
 * @returns {Feature[]}
 */
const retired = () => (money.data.value?.rows ?? []).filter((r) => r.retired && r.key).map((r) => ({
  type: 'Feature', id: r.segment ?? '', geometry: null, properties: { id: r.segment, name: r.name ?? '', code: '', key: true, status: 'removed', length_m: r.length_m ?? 0, retired: true },
}));

/** Key segments, or areas on which money falls, with their value, largest first. */
export const ranked = computed(() => {
  const ofMoney = store.moneyMetrics.includes(store.metric.value);
  const living = (segments.data.value ?? []).filter((s) => s.properties.key);
  const key = store.onto.value === 'area' ? (areas.data.value ?? []).filter((a) => rowsOfMoney.value.has(a.id)) : ofMoney && segments.data.value ? [...living, ...retired()] : living;
  const rows = key.map((feature) => {
    const c = segmentCounts(feature.id);
    return { id: feature.id, feature, counts: c, value: ofMoney ? moneyMeasure(feature, c.total, store.metric.value) : measure(c, feature.properties.length_m, store.metric.value) };
  });
  return rows.sort((a, b) => b.value - a.value || (a.feature.properties.code ?? '').localeCompare(b.feature.properties.code ?? ''));
});

/** The limits of five classes. Classes of equally many never part equal values. */
export const limits = computed(() => breaks(ranked.value.map((r) => r.value), store.classing.value));

/**
 * The class of a value, 0 to 4.
 * @param {number} value
 */
export function stepOf(value) {
  const l = limits.value;
  let s = 0;
  while (s < 4 && value >= l[s + 1]) s += 1;
  return s;
}

/** @param {string} code */
export function className(code) {
  const c = classByCode.value.get(code);
  return c ? named(c.name, c.name_en) : code;
}

/**
 * The name of a jurisdiction, or of all of them.
 * @param {string} code
 */
export const placeName = (code) => (code === everywhere ? t('place.all') : jurisdictions.data.value?.find((j) => j.code === code)?.name ?? code);

/** Who may see what changes with who looks: everything is asked for anew then. */
function followPerson() {
  let before = '';
  effect(() => {
    if (!known.value) return;
    const now = me.value?.id ?? 'nobody';
    if (before && before !== now) for (const r of resources.peek()) r.reload();
    before = now;
  });
}

/** The first jurisdiction that has something to show, unless one is chosen. */
export function startRegistry() {
  followPerson();
  effect(() => {
    const list = jurisdictions.data.value;
    if (!list || list.length === 0 || list.some((j) => j.code === store.jurisdiction.value)) return;
    store.jurisdiction.value = (list.find((j) => j.segments > 0) ?? list[0]).code;
  });
}

/** @param {string} code */
export function move(code) {
  store.selected.value = null;
  store.view.value = null;
  store.resetFilters();
  store.jurisdiction.value = code;
}
