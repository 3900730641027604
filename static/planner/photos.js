// The photos of an object, each opening at its full size.
import { get } from '../base/api.js';
import { html } from '../base/view.js';
import { t, time } from '../base/i18n.js';
import { useFetched } from './fetched.js';

/** @typedef {{photo: string, caption: string, taken_at: string | null, stored_at: string | null}} Photo */

/** @param {{noun: string, id: string}} props */
export function PhotoStrip({ noun, id }) {
  const { data } = useFetched(`photos ${id}`, async (signal) => /** @type {Photo[]} */ ((await get('/api/v1/photos', { noun, id }, signal)).photos));
  const stored = (data.value ?? []).filter((p) => p.stored_at);
  if (stored.length === 0) return null;
  const label = (/** @type {Photo} */ p) => [t('asset.photos'), p.caption, p.taken_at && time(p.taken_at)].filter(Boolean).join(' · ');
  return html`<h3>${t('asset.photos')}</h3><ul class="photo-strip" id="photos">${stored.map((p) => html`<li key=${p.photo}>
    <a href=${`/api/v1/photos/${p.photo}/view`} target="_blank" rel="noopener"><img src=${`/api/v1/photos/${p.photo}/thumb`} alt=${label(p)} loading="lazy" /></a></li>`)}</ul>`;
}
