// The map on paper: a picture of it stands in for the canvas, which browsers
// do not print, with a bar that says how long things are.
import { signal } from '@preact/signals';
import { html } from '../base/view.js';
import { length } from '../base/format.js';
import { language, t } from '../base/i18n.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';

/** @typedef {{url: string, metres: number}} Picture `metres`: across its width, at its middle */
/** @typedef {{width: number, height: number}} Size */

/** The map's picture while printing. */
export const picture = signal(/** @type {Picture | null} */ (null));

/** @type {import('@preact/signals').Signal<{now: () => Picture, laid: (size: Size) => Promise<Picture>} | null>} what the map can be asked for: itself as it is seen, or laid out for paper */
export const takePicture = signal(/** @type {any} */ (null));

/** @typedef {'a4' | 'a3' | 'sheet' | 'sheet-a3'} Paper the map beside its list, or the sheet of one thing */

/** How the map is laid out for paper, px. @type {Record<Paper, Size>} */
const sizes = { a4: { width: 1020, height: 880 }, a3: { width: 1020, height: 880 }, sheet: { width: 900, height: 480 }, 'sheet-a3': { width: 900, height: 480 } };

const frames = () => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });

/**
 * Prints the page on a paper, with the map laid out for it.
 * @param {Paper} [paper]
 */
export async function printOn(paper = 'a4') {
  document.documentElement.dataset.paper = paper;
  const map = takePicture.peek();
  if (map) picture.value = await map.laid(sizes[paper]);
  await frames();
  window.print();
}

addEventListener('beforeprint', () => {
  document.documentElement.dataset.paper ??= store.selected.peek() ? 'sheet' : 'a4';
  picture.value ??= takePicture.peek()?.now() ?? null;
});
addEventListener('afterprint', () => {
  picture.value = null;
  delete document.documentElement.dataset.paper;
});

/** The length of a bar for so many metres: 1, 2 or 5 of a power of ten, at most a quarter. @param {number} metres */
function barOf(metres) {
  const most = metres / 4;
  const ten = 10 ** Math.floor(Math.log10(most));
  return ten * ([5, 2, 1].find((n) => n * ten <= most) ?? 1);
}

export function PaperMap() {
  const now = picture.value;
  if (!now) return null;
  const bar = barOf(now.metres);
  return html`<figure class="paper-map"><img class="map-picture" src=${now.url} alt=${t('nav.map')} />
    <figcaption class="paper-scale" style=${{ '--part': bar / now.metres }}><i></i><span>${length(bar)}</span></figcaption></figure>`;
}

/** What a printed page is of: the place, what is shown of it, and when. */
export function PaperHead() {
  const place = registry.jurisdictions.data.value?.find((j) => j.code === store.jurisdiction.value);
  const money = store.tab.value === 'investment';
  const range = store.from.value || store.to.value ? `${store.from.value || '…'} — ${store.to.value || '…'}` : '';
  const filters = [store.kind.value && t(`kind.${store.kind.value}`), store.fund.value && t(`fund.${store.fund.value}`), store.status.value && t(`project.status.${store.status.value}`)];
  const about = money ? [t(`basis.${store.basis.value}`), range, ...filters] : [];
  const today = new Intl.DateTimeFormat(language.value, { dateStyle: 'long' }).format(new Date());
  return html`<header class="paper-head"><b>${place?.name ?? ''}</b><span>${[money ? t(`investment.title.${store.onto.value}`) : t('nav.map'), ...about].filter(Boolean).join(' · ')}</span>
    <span class="paper-when">${place?.source ? `${t('sources', { source: place.source })} · ` : ''}${today}</span></header>`;
}
