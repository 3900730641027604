// What the view is: kept in the address, so that a link shows the same.
import { batch, computed, effect, signal } from '@preact/signals';
import { language, languages, speak } from './i18n.js';
import { classings } from '../map/breaks.js';

/**
 * @template T
 * @typedef {import('@preact/signals').Signal<T>} Signal
 */
/** @typedef {'segment' | 'asset' | 'area'} Noun */
/** @typedef {{noun: Noun, id: string}} Selection */
/** @typedef {{lng: number, lat: number, zoom: number}} View */

export const metrics = /** @type {const} */ (['count', 'density', 'repair', 'invested', 'invested_per_m', 'invested_per_asset', 'invested_per_resident']);
/** The metrics that are sums of money, or such a sum over a measure. */
export const moneyMetrics = metrics.filter((m) => m.startsWith('invested'));
export const projectKinds = ['road', 'pavement', 'cable', 'roof', 'furniture', 'signboard', 'lighting', 'greenery', 'drainage', 'facade', 'other'];
export const funds = ['municipal', 'district', 'subdistrict', 'special', 'social', 'other'];
export const statuses = ['planned', 'active', 'completed', 'cancelled']; // of projects
export const conditions = /** @type {const} */ (['good', 'fair', 'poor', 'dangerous']);
/** Layers that can be switched; `quiet` ones begin switched off. */
export const layerNames = ['key', 'roads', 'boundary', 'community', 'resettlement', 'compound', 'assets', 'building', 'block', 'nature'];
const quiet = ['compound'];

export const jurisdiction = signal('');
export const metric = signal(/** @type {typeof metrics[number]} */ ('count'));
/** What the page is about: everything, or the money. */
export const tab = signal(/** @type {'map' | 'investment'} */ ('map'));
/** What the money is asked for under; "" leaves a thing open. Days are 2024-05-01. */
export const basis = signal(/** @type {'paid' | 'committed'} */ ('paid'));
export const from = signal('');
export const to = signal('');
export const kind = signal('');
export const fund = signal('');
export const status = signal('');
/** What the money is ranked on. */
export const onto = signal(/** @type {'segment' | 'area'} */ ('segment'));
/**
 * What a metric's words are under: per metre on a street is per square metre in a compound.
 * @param {typeof metrics[number]} m
 */
export const metricWord = (m) => (m === 'invested_per_m' && onto.value === 'area' ? 'invested_per_m2' : m);
/** Whether money on segments that were split or merged stands there, or on those of today. */
export const lineage = signal(/** @type {'booked' | 'current'} */ ('booked'));
export const classing = signal(/** @type {import('../map/breaks.js').Classing} */ ('quantile'));
export const classesOff = signal(/** @type {ReadonlySet<string>} */ (new Set()));
export const conditionsOff = signal(/** @type {ReadonlySet<string>} */ (new Set()));
export const layersOff = signal(/** @type {ReadonlySet<string>} */ (new Set(quiet)));
/** The chosen class of the legend, 0 to 4. */
export const step = signal(/** @type {number | null} */ (null));
export const selected = signal(/** @type {Selection | null} */ (null));
/** The page over the map: its name and, after a colon, what of it is open. */
export const page = signal('');
/** The column that the table of money is sorted by, and whether downwards: "-amount". */
export const sorted = signal('-amount');
/** What the page of entries is limited by, as a query: "segment=…&from=2024-01-01". */
export const behind = signal('');
export const view = signal(/** @type {View | null} */ (null));
/** The time the registry is shown as of, RFC 3339; "" is now. */
export const at = signal('');
/** The earlier time that it is compared with; "" for none. */
export const vs = signal('');
export const theme = signal(/** @type {'light' | 'dark'} */ ('light'));

// Not in the address: passing states.
export const hovered = signal(/** @type {string | null} */ (null)); // id of a segment
export const drawer = signal(false); // the layers of a narrow screen
/** What the map is used for besides looking: "" is nothing. */
export const tool = signal(/** @type {'' | 'add' | 'draw' | 'bulk' | 'time' | 'split' | 'merge'} */ (''));
/** Whether the past is shown, where nothing can be changed. */
export const past = computed(() => at.value !== '');
export const online = signal(navigator.onLine);

/** Whether any filter hides assets. */
export const filtered = computed(() => classesOff.value.size > 0 || conditionsOff.value.size > 0);

/**
 * @template T
 * @param {ReadonlySet<T>} set
 * @param {T[]} members
 * @param {boolean} present
 */
export function withMembers(set, members, present) {
  const next = new Set(set);
  for (const m of members) present ? next.add(m) : next.delete(m);
  return next;
}

/** Shows every class and condition again. */
export function resetFilters() {
  batch(() => {
    classesOff.value = new Set();
    conditionsOff.value = new Set();
    step.value = null;
  });
}

/**
 * @param {Noun} noun
 * @param {string} id
 */
export function select(noun, id) {
  selected.value = { noun, id };
}

/** The metric that a tab begins with. */
const firstMetric = () => (tab.value === 'investment' ? 'invested' : 'count');

/**
 * Goes to a tab, under a metric that it has.
 * @param {'map' | 'investment'} wanted
 */
export function turnTo(wanted) {
  batch(() => {
    const money = moneyMetrics.includes(metric.peek());
    if (wanted === 'investment' && !money) metric.value = 'invested';
    if (wanted === 'map') onto.value = 'segment';
    if (wanted === 'investment') { at.value = ''; vs.value = ''; tool.value = ''; }
    if (tab.peek() !== wanted) { selected.value = null; step.value = null; }
    page.value = '';
    tab.value = wanted;
  });
}

/** Whether the money is narrowed by more than its basis. */
export const moneyFiltered = computed(() => Boolean(from.value || to.value || kind.value || fund.value || status.value));

export function resetMoney() {
  batch(() => { for (const s of [from, to, kind, fund, status]) s.value = ''; });
}

/**
 * Goes to the entries behind a figure.
 * @param {string} href the question as the server or a query says it
 */
export function lookBehind(href) {
  batch(() => {
    behind.value = href.slice(href.indexOf('?') + 1);
    page.value = 'entries';
  });
}

const day = /^\d{4}-\d{2}-\d{2}$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Takes what the address says; what it does not say stays as it began, and
 * what makes no sense is left out.
 * @param {string} hash
 */
export function readAddress(hash) {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const list = (/** @type {string} */ name) => (words.get(name) ?? '').split(',').filter(Boolean);
  batch(() => {
    const code = words.get('j') ?? '';
    if (/^\d{9}$/.test(code)) jurisdiction.value = code;
    tab.value = words.get('tab') === 'investment' ? 'investment' : 'map';
    metric.value = metrics.find((m) => m === words.get('metric') && (tab.value === 'map' || moneyMetrics.includes(m))) ?? firstMetric();
    basis.value = words.get('basis') === 'committed' ? 'committed' : 'paid';
    from.value = day.exec(words.get('from') ?? '')?.[0] ?? '';
    to.value = day.exec(words.get('to') ?? '')?.[0] ?? '';
    kind.value = projectKinds.find((k) => k === words.get('kind')) ?? '';
    fund.value = funds.find((f) => f === words.get('fund')) ?? '';
    status.value = statuses.find((s) => s === words.get('status')) ?? '';
    onto.value = words.get('onto') === 'area' ? 'area' : 'segment';
    lineage.value = words.get('lineage') === 'current' ? 'current' : 'booked';
    classing.value = classings.find((c) => c === words.get('classes')) ?? 'quantile';
    classesOff.value = new Set(list('off').filter((c) => /^\d{4}$/.test(c)));
    conditionsOff.value = new Set(list('hide').filter((c) => conditions.some((k) => k === c)));
    layersOff.value = new Set(words.has('layers') ? list('layers').filter((l) => layerNames.includes(l)) : quiet);
    const chosen = Number(words.get('step') ?? NaN);
    step.value = Number.isInteger(chosen) && chosen >= 0 && chosen < 5 ? chosen : null;
    const [, noun, id] = /^(segment|asset|area):(.+)$/.exec(words.get('open') ?? '') ?? [];
    selected.value = uuid.test(id) ? { noun: /** @type {Noun} */ (noun), id } : null;
    page.value = /^(accounts|tokens|catalogue|departments|devices|coverage|disputes|rescue|projects|entries|ledger|investment)(:[0-9a-z-]{1,40})?$/.test(words.get('page') ?? '') ? words.get('page') ?? '' : '';
    sorted.value = /^-?[a-z]{2,12}$/i.exec(words.get('sort') ?? '')?.[0] ?? '-amount';
    behind.value = new URLSearchParams(words.get('behind') ?? '').toString();
    at.value = instant(words.get('at'));
    vs.value = instant(words.get('vs'));
    if (at.value || vs.value) tool.value = 'time';
    const [zoom, lat, lng] = (words.get('map') ?? '').split('/').map((v) => (v === '' ? NaN : Number(v)));
    if ([zoom, lat, lng].every(Number.isFinite) && Math.abs(lat) <= 85 && Math.abs(lng) <= 180) view.value = { zoom, lat, lng };
    const look = words.get('theme');
    if (look === 'light' || look === 'dark') theme.value = look;
  });
}

/**
 * A time of the address in one form; "" for none.
 * @param {string | null} words
 */
function instant(words) {
  const time = words ? new Date(words) : null;
  return time && !Number.isNaN(time.getTime()) ? time.toISOString() : '';
}

/** The view as the address says it. */
const address = computed(() => {
  const words = [];
  const add = (/** @type {string} */ name, /** @type {string} */ value) => value && words.push(`${name}=${value}`);
  add('j', jurisdiction.value);
  const v = view.value;
  if (v) add('map', `${round(v.zoom, 2)}/${round(v.lat, 6)}/${round(v.lng, 6)}`);
  if (metric.value !== firstMetric()) add('metric', metric.value);
  if (tab.value !== 'map') add('tab', tab.value);
  if (basis.value !== 'paid') add('basis', basis.value);
  add('from', from.value);
  add('to', to.value);
  add('kind', kind.value);
  add('fund', fund.value);
  add('status', status.value);
  if (onto.value !== 'segment') add('onto', onto.value);
  if (lineage.value !== 'booked') add('lineage', lineage.value);
  if (classing.value !== 'quantile') add('classes', classing.value);
  add('off', [...classesOff.value].sort().join(','));
  add('hide', [...conditionsOff.value].sort().join(','));
  const off = [...layersOff.value].sort().join(',');
  if (off !== quiet.join(',')) words.push(`layers=${off}`);
  if (step.value !== null) add('step', String(step.value));
  if (selected.value) add('open', `${selected.value.noun}:${selected.value.id}`);
  add('page', page.value);
  if (sorted.value !== '-amount') add('sort', sorted.value);
  add('behind', encodeURIComponent(behind.value));
  add('at', at.value);
  add('vs', vs.value);
  add('lang', language.value);
  add('theme', theme.value);
  return `#${words.join('&')}`;
});

/**
 * @param {number} n
 * @param {number} digits
 */
const round = (n, digits) => Number(n.toFixed(digits));

/**
 * The language of the address, else the one of the last visit, else Chinese.
 * @param {string} hash
 */
function wantedLanguage(hash) {
  const said = new URLSearchParams(hash.replace(/^#/, '')).get('lang') ?? remembered('lang');
  return languages.find((l) => l === said) ?? 'zh-CN';
}

/** @param {string} name */
function remembered(name) {
  // Storage may be forbidden; then nothing is remembered.
  try { return localStorage.getItem(`streetbook.${name}`); } catch { return null; }
}

/**
 * @param {string} name
 * @param {string} value
 */
function remember(name, value) {
  try { localStorage.setItem(`streetbook.${name}`, value); } catch { /* a choice for this visit only */ }
}

/** Takes the view from the address and keeps the two alike from now on. */
export async function startStore() {
  theme.value = remembered('theme') === 'dark' || (!remembered('theme') && matchMedia('(prefers-color-scheme: dark)').matches) ? 'dark' : 'light';
  readAddress(location.hash);
  await speak(wantedLanguage(location.hash));

  effect(() => { document.documentElement.dataset.theme = theme.value; });
  // Opening and closing a sheet or a page is a step that the back button
  // undoes; panning is not.
  const open = () => `${selected.peek()?.id} ${page.peek()} ${tab.peek()}`;
  let opened = open();
  let following = false;
  effect(() => {
    const hash = address.value;
    if (hash === location.hash) return;
    const step = opened !== open() && !following;
    opened = open();
    history[step ? 'pushState' : 'replaceState'](null, '', hash);
  });
  const follow = () => {
    if (location.hash === address.peek()) return;
    following = true;
    readAddress(location.hash);
    following = false;
    opened = open();
    const wanted = wantedLanguage(location.hash);
    if (wanted !== language.peek()) speak(wanted);
  };
  addEventListener('popstate', follow);
  addEventListener('online', () => { online.value = true; });
  addEventListener('offline', () => { online.value = false; });
}

/** @param {'light' | 'dark'} wanted */
export function setTheme(wanted) {
  theme.value = wanted;
  remember('theme', wanted);
}

/** @param {import('./i18n.js').Language} wanted */
export async function setLanguage(wanted) {
  await speak(wanted);
  remember('lang', wanted);
}
