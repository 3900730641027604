// The search box: code, name, road, or a pair of coordinates.
import { useEffect, useRef, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { get } from '../base/api.js';
import { html, Badge, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { jurisdiction, page, select } from '../base/store.js';
import { position } from '../base/format.js';
import { classByCode, className } from './registry.js';

/** @typedef {{noun: 'asset' | 'segment' | 'area' | 'point', id: string, code: string, name: string, class?: string, level?: string, detail: string, point: [number, number]}} Hit */

/** Where the map is asked to go: a point, seen from how near. */
export const flight = signal(/** @type {{point: [number, number], zoom: number} | null} */ (null));

const pause = 160; // ms after the last key

/**
 * Longitude and latitude, in either order, as far as that can be told.
 * @param {string} text
 * @returns {Hit | null}
 */
function coordinates(text) {
  const found = /^\s*(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (!found) return null;
  let [lon, lat] = [Number(found[1]), Number(found[2])];
  if (Math.abs(lat) > 90) [lon, lat] = [lat, lon];
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return { noun: 'point', id: 'point', code: '', name: position([lon, lat]), detail: t('search.point'), point: [lon, lat] };
}

/** @param {Hit} hit */
function open(hit) {
  page.value = '';
  flight.value = { point: hit.point, zoom: hit.noun === 'asset' || hit.noun === 'point' ? 17.5 : 15 };
  if (hit.noun !== 'point') select(hit.noun, hit.id);
}

/** @param {{hit: Hit}} props */
function Sign({ hit }) {
  const known = classByCode.value.get(hit.class ?? '');
  if (hit.noun === 'asset') return html`<${Badge} icon=${known?.icon ?? 'other'} color=${known?.color ?? '#667580'} />`;
  return html`<${Icon} name=${hit.noun === 'segment' ? 'ui-segment' : hit.noun === 'area' ? 'ui-area' : 'ui-pin'} />`;
}

/** @param {Hit} hit */
function second(hit) {
  const what = hit.noun === 'asset' ? className(hit.class ?? '') : hit.noun === 'area' ? t(`level.${hit.level}`) : hit.noun === 'segment' ? t('segment') : '';
  return [what, hit.code, hit.detail].filter(Boolean).join(' · ');
}

/**
 * The answers to a text, asked for when the typing pauses.
 * @param {string} text
 */
function useHits(text) {
  const [state, setState] = useState({ hits: /** @type {Hit[]} */ ([]), problem: '', asked: '' });
  useEffect(() => {
    const q = text.trim();
    const point = coordinates(q);
    if (!q || point) { setState({ hits: point ? [point] : [], problem: '', asked: q }); return undefined; }
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const found = await get('/api/v1/search', { jurisdiction: jurisdiction.value, q, limit: 20 }, abort.signal);
        setState({ hits: found.results, problem: '', asked: q });
      } catch (cause) {
        if (!abort.signal.aborted) setState({ hits: [], problem: cause instanceof Error ? cause.message : String(cause), asked: q });
      }
    }, pause);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [text, jurisdiction.value]);
  return state;
}

export function Search() {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [shown, setShown] = useState(false);
  const { hits, problem, asked } = useHits(text);
  const box = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => setActive(0), [hits]);
  useEffect(() => { document.getElementById(`hit-${active}`)?.scrollIntoView({ block: 'nearest' }); }, [active]);

  const choose = (/** @type {Hit} */ hit) => { open(hit); setShown(false); box.current?.blur(); };
  const keys = (/** @type {KeyboardEvent} */ e) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (moves && hits.length) { e.preventDefault(); setShown(true); setActive((active + moves + hits.length) % hits.length); }
    if (e.key === 'Enter' && !e.isComposing && hits[active] && shown) choose(hits[active]);
    if (e.key === 'Escape') { e.preventDefault(); shown && text ? setShown(false) : box.current?.blur(); }
  };
  const listed = shown && asked !== '' && text.trim() !== '';
  return html`<div class="search" role="search">
    <${Icon} name="ui-search" />
    <input id="search" ref=${box} type="search" role="combobox" autocomplete="off" spellcheck=${false} placeholder=${t('search.hint')} aria-label=${t('search.hint')}
      aria-expanded=${listed} aria-controls="hits" aria-autocomplete="list" aria-activedescendant=${listed && hits.length ? `hit-${active}` : undefined} value=${text}
      onInput=${(/** @type {any} */ e) => { setText(e.currentTarget.value); setShown(true); }} onFocus=${() => setShown(true)} onBlur=${() => setShown(false)} onKeyDown=${keys} />
    <kbd aria-hidden="true">/</kbd>
    <ul id="hits" class="hits" role="listbox" aria-label=${t('search.results')} hidden=${!listed || hits.length === 0}>
      ${hits.map((hit, i) => html`<li key=${hit.noun + hit.id} id=${`hit-${i}`} role="option" aria-selected=${i === active}
        onMouseDown=${(/** @type {Event} */ e) => { e.preventDefault(); choose(hit); }} onMouseMove=${() => setActive(i)}>
        <${Sign} hit=${hit} /><span><b>${hit.name || hit.code}</b><small>${second(hit)}</small></span></li>`)}
    </ul>
    ${listed && hits.length === 0 && html`<p class="hits none" role="status">${problem || t('search.none')}</p>`}
  </div>`;
}
