// The assets that an entry paid for: by code or name, or picked on the map.
import { useEffect, useState } from 'preact/hooks';
import { get } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { TextField } from '../base/fields.js';
import { jurisdiction } from '../base/store.js';
import { Chips, PickOnMap } from './targets.js';
import * as registry from './registry.js';

/** @typedef {import('./search.js').Hit} Hit */

const pause = 160; // ms after the last key
const most = 100; // answers asked for; only some of them are assets
const atOnce = 8;

/**
 * The assets that a text finds.
 * @param {string} text
 */
function useAssets(text) {
  const [hits, setHits] = useState(/** @type {Hit[]} */ ([]));
  useEffect(() => {
    const q = text.trim();
    if (!q) { setHits([]); return undefined; }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      get('/api/v1/search', { jurisdiction: jurisdiction.peek(), q, limit: most }, abort.signal).then(
        (found) => setHits(found.results.filter((/** @type {Hit} */ h) => h.noun === 'asset').slice(0, atOnce)),
        () => { if (!abort.signal.aborted) setHits([]); },
      );
    }, pause);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [text]);
  return hits;
}

/** @param {{list: string[], set: (list: string[]) => void, error?: string}} props */
export function BoughtField({ list, set, error }) {
  const [text, setText] = useState('');
  const hits = useAssets(text).filter((h) => !list.includes(h.id));
  const targets = list.map((id) => ({ noun: 'asset', id }));
  const add = (/** @type {Hit | undefined} */ hit) => { if (hit) { set([...list, hit.id]); setText(''); } };
  const keys = (/** @type {KeyboardEvent} */ e) => {
    if (e.key !== 'Enter' || e.isComposing || !text.trim()) return;
    e.preventDefault();
    e.stopPropagation();
    add(hits.find((h) => h.code === text.trim()) ?? hits[0]);
  };
  return html`<fieldset class="targets bought"><legend class="field-label">${t('entry.assets')}<small>${t('field.optional')}${list.length > 0 ? ` · ${list.length}` : ''}</small></legend>
    ${error && html`<p class="field-error"><${Icon} name="ui-alert" />${error}</p>`}
    <${Chips} list=${targets} drop=${(/** @type {{id: string}} */ x) => set(list.filter((id) => id !== x.id))} />
    <div class="target-tools"><${PickOnMap} id="pick-bought" list=${targets} nouns=${['asset']} set=${(/** @type {{id: string}[]} */ to) => set(to.map((x) => x.id))} /></div>
    <${TextField} name="bought" label=${t('entry.assets.add')} value=${text} set=${setText} onKeyDown=${keys} />
    ${hits.length > 0 && html`<ul class="picks-list">${hits.map((h) => html`<li key=${h.id}><button type="button" onClick=${() => add(h)}><span>${h.name || registry.className(h.class ?? '')}</span><small>${h.code}</small></button></li>`)}</ul>`}
  </fieldset>`;
}
