// What every part of the page is made of: templates and symbols.
import { h } from 'preact';
import htm from 'htm';
import { file } from './i18n.js';

export const html = htm.bind(h);

/** @type {Promise<Document> | undefined} */
let sheet;

/**
 * The sheet of symbols, fetched once and put into the page so that <use> finds
 * them. It is our own file, never data.
 * @returns {Promise<Document>}
 */
export function symbols() {
  sheet ??= (async () => {
    const parsed = new DOMParser().parseFromString(await file('icons/symbols.svg'), 'image/svg+xml');
    const inline = document.importNode(parsed.documentElement, true);
    inline.setAttribute('hidden', '');
    inline.setAttribute('aria-hidden', 'true');
    // Kept on each symbol, because <use> inherits from its own place.
    document.body.append(inline);
    return parsed;
  })();
  return sheet;
}

/**
 * @param {{name: string, className?: string}} props
 */
export function Icon({ name, className = '' }) {
  return html`<svg class=${`icon ${className}`} viewBox="0 0 24 24" aria-hidden="true"><use href=${`#${name}`} /></svg>`;
}

/**
 * The round badge of a class of assets.
 * @param {{icon: string, color: string, className?: string}} props
 */
export function Badge({ icon, color, className = '' }) {
  return html`<span class=${`badge ${className}`} style=${{ '--badge': color }}><${Icon} name=${icon || 'other'} /></span>`;
}

/**
 * Figures side by side.
 * @param {{items: {label: string, value: string, unit?: string}[]}} props
 */
export function Figures({ items }) {
  return html`<dl class="figures">
    ${items.map((f) => html`<div key=${f.label}><dt>${f.label}</dt><dd><b>${f.value}</b>${f.unit ? ` ${f.unit}` : ''}</dd></div>`)}
  </dl>`;
}

/**
 * A waiting or failed thing, with a way on.
 * @param {{problem: Error | null, retry: () => void, waiting: string, failed: string, again: string}} props
 */
export function Pending({ problem, retry, waiting, failed, again }) {
  if (!problem) return html`<p class="pending" role="status">${waiting}</p>`;
  return html`<div class="pending failed" role="alert">
    <${Icon} name="ui-alert" /><p><b>${failed}</b><br />${problem.message}</p>
    <button class="button" onClick=${retry}>${again}</button>
  </div>`;
}
