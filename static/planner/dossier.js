// What money bought, as parts of a dossier: assets, what stands there, photos.
import { useState } from 'preact/hooks';
import { html } from '../base/view.js';
import { language, number, t, time } from '../base/i18n.js';
import { may } from '../base/session.js';
import * as store from '../base/store.js';
import * as registry from './registry.js';

/**
 * @typedef {{total: string, entries: number, per_m?: string | null, per_m2?: string | null, per_resident?: string | null, rank: number | null, of: number, href: string}} Total
 * @typedef {{class: string, class_name: string, total: number, good: number, fair: number, poor: number, dangerous: number}} ClassRow
 * @typedef {{id: string, code: string, name: string, class: string, condition: string, status: string, segment: string | null, entry?: string, on?: string, voucher?: string}} Bought
 * @typedef {{photo: string, asset: string | null, taken_at: string | null, caption: string, former?: string}} Photo
 * @typedef {{noun: string, id: string, name: string, retired: boolean, length_m?: number, area_m2?: number, residents?: number, paid: Total, committed: Total, years: import('./dossier_chart.js').Year[],
 *   kinds: import('./dossier_chart.js').Part[], funds: import('./dossier_chart.js').Part[], recorded_since: string | null, asset_count: number, condition_mean: number | null, classes: ClassRow[], bought: Bought[], photos: Photo[]}} DossierOf
 */

const few = 6;

/** @param {{list: Bought[], noun: string, id: string}} props those that stand here come first */
export function BoughtAssets({ list, noun, id }) {
  const [all, showAll] = useState(false);
  if (list.length === 0) return null;
  const here = noun === 'segment' ? list.filter((a) => a.segment === id) : list;
  const rest = list.length - here.length;
  const shown = all ? [...here, ...list.filter((a) => !here.includes(a))] : here.slice(0, few);
  const more = list.length - shown.length;
  return html`<h3>${t('dossier.bought')}<small>${t(rest > 0 ? 'dossier.bought.both' : 'dossier.bought.here', { n: number(here.length), rest: number(rest) })}</small></h3>
    <ul class="bought-list">${shown.map((a) => html`<li key=${`${a.id} ${a.entry ?? ''}`}><i class=${`dot ${a.condition}`} title=${t(`condition.${a.condition}`)}></i><button class="link" onClick=${() => store.select('asset', a.id)}>${a.name || registry.className(a.class)}</button>
      ${a.entry && may('viewer') ? html`<button class="link quiet-link" onClick=${() => { store.page.value = `entries:${a.entry}`; }}>${a.voucher || a.on}</button>` : ''}</li>`)}</ul>
    ${more > 0 && html`<button class="link more-link" onClick=${() => showAll(true)}>${t('targets.more', { n: number(more) })}</button>`}`;
}

/** What stands in an area, by class. @param {{list: ClassRow[]}} props */
export function ClassTable({ list }) {
  if (list.length === 0) return null;
  const rows = [...list].sort((a, b) => b.total - a.total);
  return html`<h3>${t('dossier.classes')}<small>${number(rows.reduce((sum, r) => sum + r.total, 0))} ${t('unit.count')}</small></h3>
    <table class="lines classes-table"><caption class="hidden">${t('dossier.classes')}</caption><tbody>${rows.map((r) => html`<tr key=${r.class}><th scope="row">${registry.className(r.class)}</th>
      <td class="bar"><span class="stack slim">${store.conditions.map((c) => html`<i key=${c} class=${c} title=${`${t(`condition.${c}`)} ${number(r[c])}`} style=${{ '--share': r[c] }}></i>`)}</span></td><td><b>${number(r.total)}</b></td></tr>`)}</tbody></table>`;
}

/** @param {{list: Photo[]}} props */
export function DossierPhotos({ list }) {
  if (list.length === 0) return null;
  const label = (/** @type {Photo} */ p) => [t('asset.photos'), p.caption, p.taken_at && time(p.taken_at), p.former && t('lineage.photo', { name: p.former })].filter(Boolean).join(' · ');
  const day = new Intl.DateTimeFormat(language.value, { year: 'numeric', month: '2-digit', day: '2-digit' });
  return html`<h3>${t('asset.photos')}<small>${number(list.length)}</small></h3><ul class="photo-strip" id="dossier-photos">${list.map((p) => html`<li key=${p.photo}>
    <a href=${`/api/v1/photos/${p.photo}/view`} target="_blank" rel="noopener"><img src=${`/api/v1/photos/${p.photo}/thumb`} alt=${label(p)} loading="lazy" /></a>
    <small>${p.taken_at ? day.format(new Date(p.taken_at)) : '–'}${p.former && html`<br /><span title=${p.former}>${t('lineage.former')}</span>`}</small></li>`)}</ul>`;
}
