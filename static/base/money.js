// Money as whole fen in BigInt: what is typed, sent and shown never passes
// through a floating number.
import { language } from './i18n.js';

/**
 * The fen of an amount as the server writes it: "123456.78".
 * @param {string | null | undefined} text
 */
export function fen(text) {
  if (!text) return 0n;
  const [whole, part = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole) * 100n + BigInt(part.padEnd(2, '0').slice(0, 2));
  return text.startsWith('-') ? -value : value;
}

/** How many digits a word after an amount moves the point. */
const scales = /** @type {Record<string, number>} */ ({ '': 0, k: 3, 千: 3, 万: 4, m: 6, 百万: 6, 亿: 8 });

/**
 * The same below zero where a minus stands before it: a deduction.
 * @param {string} text
 * @returns {bigint | null}
 */
export function typedSigned(text) {
  const found = /^\s*[-−－](.*)$/.exec(text);
  const size = typed(found ? found[1] : text);
  return found && size !== null ? -size : size;
}

/**
 * The fen of a typed amount of yuan; null where it is none. Full-width digits,
 * thousands separators and units ("12.5万", "1.2m") are understood; what is not
 * a whole number of fen is refused.
 * @param {string} text
 * @returns {bigint | null}
 */
export function typed(text) {
  const plain = text.normalize('NFKC').trim().toLowerCase().replace(/^¥\s*/, '').replace(/\s*元$/, '');
  const found = /^(\d{1,13}|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?\s*(|k|千|万|m|百万|亿)$/.exec(plain);
  if (!found) return null;
  const part = (found[2] ?? '').replace(/0+$/, '');
  const places = scales[found[3]] + 2; // down to the fen
  return part.length > places ? null : BigInt(found[1].replaceAll(',', '') + part.padEnd(places, '0'));
}

/** @param {bigint} value fen */
export function wire(value) {
  const size = value < 0n ? -value : value;
  return `${value < 0n ? '-' : ''}${size / 100n}.${String(size % 100n).padStart(2, '0')}`;
}

/** @param {string} digits */
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/**
 * An amount to the fen: 1,234,567.89.
 * @param {bigint} value fen
 */
export function yuan(value) {
  const [whole, part] = wire(value).split('.');
  return `${whole.startsWith('-') ? '-' : ''}${grouped(whole.replace('-', ''))}.${part}`;
}

/**
 * An amount in units of so many fen, rounded half away from zero to one decimal.
 * @param {bigint} value fen
 * @param {bigint} unit fen, a multiple of ten
 */
function rounded(value, unit) {
  const size = value < 0n ? -value : value;
  const tenths = (size * 10n + unit / 2n) / unit;
  return `${value < 0n && tenths > 0n ? '-' : ''}${grouped(String(tenths / 10n))}.${tenths % 10n}`;
}

/**
 * An amount as people speak of it: in 万元 in Chinese, in thousands of yuan in
 * English.
 * @param {bigint} value fen
 */
export const brief = (value) => rounded(value, language.value === 'en' ? 100_000n : 1_000_000n);

/**
 * A part of a whole in percent with two decimals, rounded half up.
 * @param {bigint} part
 * @param {bigint} whole
 */
export function share(part, whole) {
  if (whole === 0n) return '–';
  const hundredths = (part * 20000n + whole) / (2n * whole);
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')} %`;
}
