// What was added, moved, changed and removed between two dates: a list, and the
// colours of the map.
import { computed, signal } from '@preact/signals';
import { get } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { number, t, time } from '../base/i18n.js';
import { at, jurisdiction, select, selected, vs, withMembers } from '../base/store.js';
import { centre } from '../map/place.js';
import { FieldChanges } from './history.js';
import { flight } from './search.js';
import * as registry from './registry.js';

/**
 * @typedef {'added' | 'moved' | 'changed' | 'removed'} Kind
 * @typedef {{noun: string, id: string, code: string, name: string, class: string, kind: Kind, fields: import('./history.js').FieldChange[], before: any, after: any}} Compared
 * @typedef {{summary: Record<Kind, number>, truncated: boolean, objects: Compared[]}} Comparison
 */

export const kinds = /** @type {const} */ (['added', 'moved', 'changed', 'removed']);
/** A sign for each kind: colour alone tells some people nothing. */
export const signs = { added: '+', moved: '→', changed: '±', removed: '−' };
const hidden = signal(/** @type {ReadonlySet<Kind>} */ (new Set()));
const opened = signal('');
const portion = 200; // rows at a time
const listed = signal(portion);

/** @type {registry.Resource<Comparison>} */
const comparison = registry.resource(
  () => (vs.value && jurisdiction.value ? `${jurisdiction.value} ${vs.value} ${at.value} ${registry.tilesAge.value}` : null),
  (signal) => get('/api/v1/compare', { jurisdiction: jurisdiction.peek(), from: vs.peek(), to: at.peek() || new Date().toISOString(), limit: 5000 }, signal),
);

/** What the map draws: every object that the chips leave on. */
export const drawn = computed(() => (vs.value ? (comparison.data.value?.objects ?? []).filter((o) => !hidden.value.has(o.kind)) : []));

/** @param {{object: Compared}} props */
function Row({ object: o }) {
  const open = opened.value === o.id;
  const go = () => {
    opened.value = open ? '' : o.id;
    if (!open) flight.value = { point: centre(o.after ?? o.before), zoom: o.noun === 'asset' ? 17 : 14.5 };
  };
  const what = o.noun === 'asset' ? registry.className(o.class) : t(o.noun === 'segment' ? 'segment' : 'compare.area');
  return html`<li id=${`compared-${o.id}`}><button class="compared" aria-expanded=${open} onClick=${go}><i class=${`sign is-${o.kind}`} aria-hidden="true">${signs[o.kind]}</i>
      <span><b>${o.name || what}</b><small>${[what, o.code].filter(Boolean).join(' · ')}</small></span><span class="hidden">${t(`compare.${o.kind}`)}</span></button>
    ${open && html`<div class="compared-more">${o.fields.length > 0 && html`<${FieldChanges} fields=${o.fields} code=${o.class} />`}
      <button class="link" onClick=${() => select(/** @type {import('../base/store.js').Noun} */ (o.noun), o.id)}>${t('compare.open')}</button></div>`}</li>`;
}

/**
 * Shows in the list what was pointed at on the map.
 * @param {string} id
 */
export function point(id) {
  selected.value = null;
  opened.value = id;
  const place = drawn.peek().findIndex((o) => o.id === id);
  listed.value = Math.max(listed.peek(), Math.ceil((place + 1) / portion) * portion);
  // Once the list stands.
  setTimeout(() => document.getElementById(`compared-${id}`)?.scrollIntoView({ block: 'nearest' }), 50);
}

/** The right panel while two dates are compared. */
export function ComparePanel() {
  const data = comparison.data.value;
  const head = html`<button class="back" id="compare-end" onClick=${() => { vs.value = ''; }}><${Icon} name="ui-back" />${t('back')}</button>
    <div class="panel-head"><div><h2>${t('compare')}</h2><p>${t('compare.span', { from: time(vs.value), to: at.value ? time(at.value) : t('time.today') })}</p></div></div>`;
  if (!data) return html`${head}<${Pending} problem=${comparison.problem.value} retry=${comparison.reload} waiting=${t('loading')} failed=${t('sheet.failed')} again=${t('retry')} />`;
  const total = kinds.reduce((sum, k) => sum + data.summary[k], 0);
  return html`${head}
    <div class="chips" role="group" aria-label=${t('compare')}>${kinds.map((k) => html`<button key=${k} class="chip" aria-pressed=${!hidden.value.has(k)} onClick=${() => { hidden.value = withMembers(hidden.value, [k], !hidden.value.has(k)); }}>
      <i class=${`sign is-${k}`} aria-hidden="true">${signs[k]}</i>${t(`compare.${k}`)}<span class="chip-count">${number(data.summary[k])}</span></button>`)}</div>
    ${total === 0 && html`<p class="pending" role="status">${t('compare.none')}</p>`}
    <ul class="compared-list">${drawn.value.slice(0, listed.value).map((o) => html`<${Row} key=${o.id} object=${o} />`)}</ul>
    ${drawn.value.length > listed.value && html`<p class="more"><button class="button" id="compare-more" onClick=${() => { listed.value += portion; }}>${t('compare.more', { n: number(drawn.value.length - listed.value) })}</button></p>`}
    ${data.truncated && html`<p class="quiet">${t('compare.truncated', { n: number(data.objects.length), all: number(total) })}</p>`}`;
}
