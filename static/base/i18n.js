// The only place for the words of the interface and the shape of its numbers.
import { signal, computed } from '@preact/signals';

/** Where the static files are, ending in a slash. */
export const root = document.documentElement.dataset.static ?? '/static/';

export const languages = /** @type {const} */ (['zh-CN', 'en']);

/** @typedef {typeof languages[number]} Language */

/** @type {import('@preact/signals').Signal<Language>} */
export const language = signal(/** @type {Language} */ ('zh-CN'));

/** @type {import('@preact/signals').Signal<Record<string, string>>} */
const words = signal({});

/**
 * The text of one of our files: out of the page, where the server joined it with
 * that, or fetched.
 * @param {string} name
 */
export async function file(name) {
  const joined = document.querySelector(`template[data-file="${name}"]`);
  const text = joined instanceof HTMLTemplateElement && joined.content.textContent;
  if (text) return text;
  const response = await fetch(root + name);
  if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
  return response.text();
}

/**
 * Loads a dictionary and makes it the interface's.
 * @param {Language} wanted
 */
export async function speak(wanted) {
  words.value = JSON.parse(await file(`i18n/${wanted}.json`));
  language.value = wanted;
  document.documentElement.lang = wanted;
  document.title = t('app.name');
}

/**
 * The text of a key, with {name} replaced by values. A missing key shows
 * itself, so that it is seen.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const text = words.value[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

const plain = computed(() => new Intl.NumberFormat(language.value, { maximumFractionDigits: 0 }));
const tenth = computed(() => new Intl.NumberFormat(language.value, { minimumFractionDigits: 1, maximumFractionDigits: 1 }));
const hundredth = computed(() => new Intl.NumberFormat(language.value, { minimumFractionDigits: 2, maximumFractionDigits: 2 }));
const upTo = computed(() => new Intl.NumberFormat(language.value, { maximumFractionDigits: 6 }));
const moment = computed(() => new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' }));
const clock = computed(() => new Intl.DateTimeFormat(language.value, { timeStyle: 'short' }));

/**
 * @param {number} n
 * @param {number} [digits] after the point: 0, 1 or 2
 */
export function number(n, digits = 0) {
  return [plain, tenth, hundredth][digits].value.format(n);
}

/**
 * A value as it was entered: as many digits as it has, at most six.
 * @param {number} n
 */
export const exact = (n) => upTo.value.format(n);

/** @param {string} at an RFC 3339 time */
export function time(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : moment.value.format(date);
}

/** @param {Date} at */
export const hour = (at) => clock.value.format(at);

/**
 * Chooses between a Chinese and an English name; the other where one is missing.
 * @param {string | undefined} zh
 * @param {string | undefined} en
 */
export const named = (zh, en) => (language.value === 'en' ? en || zh : zh || en) ?? '';
