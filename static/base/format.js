// Measures and positions as people of the trade write them.
import { exact, number, t } from './i18n.js';

/**
 * Metres from the start of a segment as K0+123, like the server.
 * @param {number} metres
 */
export function chainage(metres) {
  const whole = Math.round(metres);
  return `K${Math.floor(whole / 1000)}+${String(whole % 1000).padStart(3, '0')}`;
}

/** @param {number} metres */
export function length(metres) {
  if (metres >= 1000) return `${number(metres / 1000, 2)} km`;
  return `${number(metres, metres < 10 ? 1 : 0)} m`;
}

/** @param {number} m2 */
export function area(m2) {
  if (m2 >= 1e5) return `${number(m2 / 1e6, 2)} km²`;
  return `${number(m2)} m²`;
}

/**
 * A position to the decimetre, longitude first.
 * @param {number[]} position longitude and latitude, degrees
 */
export function position([lon, lat]) {
  const part = (/** @type {number} */ v, /** @type {string} */ sides) => `${Math.abs(v).toFixed(6)}°${sides[v < 0 ? 1 : 0]}`;
  return `${part(lon, 'EW')} ${part(lat, 'NS')}`;
}

/**
 * The denominator of a map's scale on a screen of 0.28 mm pixels (OGC), to
 * two figures.
 * @param {number} zoom of tiles of 512 pixels
 * @param {number} lat degrees
 */
export function scale(zoom, lat) {
  const metresPerPixel = (40075016.686 / 512) * Math.cos((lat * Math.PI) / 180) / 2 ** zoom;
  const denominator = metresPerPixel / 0.00028;
  const step = 10 ** Math.max(Math.floor(Math.log10(denominator)) - 1, 0);
  return `1:${number(Math.round(denominator / step) * step)}`;
}

/**
 * A share of 0 to 1 in percent.
 * @param {number} share
 */
export const percent = (share) => `${number(share * 100, share > 0 && share < 0.1 ? 1 : 0)}%`;

/**
 * A value of an attribute, in words.
 * @param {unknown} value
 * @param {{kind: string, unit?: string}} field
 */
export function attribute(value, field) {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return t(value ? 'flag.yes' : 'flag.no');
  const text = typeof value === 'number' ? exact(value) : String(value);
  return field.unit ? `${text} ${field.unit}` : text;
}
