// What became of every item: the chip, and the page behind it.
import { useEffect, useState } from 'preact/hooks';
import { Badge, html, Icon } from '../base/view.js';
import { hour, number, t, time } from '../base/i18n.js';
import { Conflict, disputes } from './conflict.js';
import { dayOf, keep } from './db.js';
import { confirmedAt, flush, halted, restored, sending } from './delivery.js';
import { items, settlePhoto, shots, undo } from './outbox.js';
import { assets, classOf, pack, readAssets } from './pack.js';
import { saveRescue } from './rescue.js';
import { lateLogin, mending, say, screen, show } from './screen.js';
import { nameOf } from './tag.js';
import { classOfItem, titleOf, whyOf } from './tagging.js';

/** @typedef {import('./db.js').Op} Op */
/** @typedef {import('./outbox.js').Shot} Shot */

const shown = 300; // items of a list
export const old = 3 * 24 * 3600 * 1000; // ms; what is unsent for longer is warned of

const live = (/** @type {{state: string}} */ x) => x.state !== 'undone';
const done = (/** @type {{state: string}} */ x) => x.state === 'done';
const needing = (/** @type {{state: string}} */ x) => Number(x.state === 'refused');

/** Confirmed and all, of records and of photos. */
function tally() {
  const [o, p] = [items.value.filter(live), shots.value.filter(live)];
  return { ops: o.length, opsDone: o.filter(done).length, photos: p.length, photosDone: p.filter(done).length, refused: [...o, ...p].filter((x) => x.state === 'refused').length, conflicts: disputes().length };
}

/** The oldest thing that is unsent, ms; Infinity where there is none. */
export const oldest = () => Math.min(...items.value.filter((o) => o.state === 'waiting').map((o) => Date.parse(o.body.at)), ...shots.value.filter((p) => p.state === 'waiting').map((p) => Date.parse(p.at)));

export function Chip() {
  const n = tally();
  const all = n.ops === n.opsDone && n.photos === n.photosDone;
  const stopped = halted.value !== '' && !all;
  const state = n.refused + n.conflicts > 0 ? 'bad' : stopped ? 'off' : all ? 'ok' : 'busy';
  const at = confirmedAt.value || Math.max(0, ...items.value.map((o) => o.doneAt ?? 0), ...shots.value.map((p) => p.doneAt ?? 0));
  const words = state === 'ok' && at > 0 ? t('field.chip.done', { time: hour(new Date(at)) }) : t(`field.chip.${state}`);
  return html`<button class=${`sync-chip ${state}`} id="chip" data-all=${all} onClick=${() => { screen.value = 'sync'; }}>
    <${Icon} name=${stopped ? 'ui-offline' : 'ui-sync'} /><span>${n.ops + n.photos > 0 && html`<b>${t('field.chip.count', { ops: `${n.opsDone}/${n.ops}`, photos: `${n.photosDone}/${n.photos}` })}</b> `}${words}</span></button>`;
}

/** What the browser grants: bytes used, and whether it may throw them away. */
function useStorage() {
  const [storage, set] = useState({ used: 0, quota: 0, kept: true });
  useEffect(() => {
    (async () => {
      const [estimate, kept] = await Promise.all([navigator.storage?.estimate?.(), navigator.storage?.persisted?.()]);
      set({ used: estimate?.usage ?? 0, quota: estimate?.quota ?? 0, kept: kept ?? false });
    })();
  }, []);
  return storage;
}

/** @param {{icon?: string, id?: string, children?: any}} props */
const Notice = ({ icon = 'ui-alert', id, children }) => html`<div class="notice" id=${id}><${Icon} name=${icon} /><div>${children}</div></div>`;

/** Warnings, before anything can be lost. @param {{left: number, waiting: number}} props `left`: what has no receipt, refused or waiting */
function Warnings({ left, waiting }) {
  const storage = useStorage();
  const since = oldest();
  const back = restored.value;
  return html`
    ${waiting > 0 && html`<${Notice} id="why" icon="ui-offline"><b>${t('field.left', { n: number(waiting) })}</b><p>${t(`field.why.${halted.value || 'none'}`)}</p>
      ${halted.value === 'locked' && html`<button class="button" id="sign-in" onClick=${() => { lateLogin.value = false; }}>${t('field.signin')}</button>`}<//>`}
    ${left > 0 && Date.now() - since > old && html`<${Notice} id="old"><p>${t('field.old', { at: time(new Date(since).toISOString()) })}</p><//>`}
    ${back && Date.now() - back.at < keep && html`<${Notice} id="restored" icon="ui-sync"><p>${t('field.restored.at', { at: time(new Date(back.at).toISOString()), n: number(back.ops), m: number(back.photos) })}</p><//>`}
    ${left > 0 && !storage.kept && html`<${Notice} id="evict"><p>${t('field.evict')}</p><//>`}
    ${storage.quota > 0 && storage.used > 0.8 * storage.quota && html`<${Notice} id="full"><p>${t('field.full')}</p><//>`}
    <p class="quiet">${t('field.storage', { mb: number(storage.used / 1e6, 1) })}</p>`;
}

export function SyncPage() {
  const n = tally();
  const left = n.ops - n.opsDone + n.photos - n.photosDone;
  const list = [...items.value].filter(live).reverse().sort((a, b) => needing(b) - needing(a));
  const photos = [...shots.value].filter(live).reverse().sort((a, b) => needing(b) - needing(a));
  return html`<main class="field-page" aria-label=${t('field.sync')}>
    <header><button class="ghost square" id="back" aria-label=${t('field.back')} onClick=${() => { screen.value = 'tiles'; }}><${Icon} name="ui-back" /></button><h1>${t('field.sync')}</h1></header>
    <div class="field-scroll" tabindex="0">
      <${Warnings} left=${left} waiting=${left - n.refused} />
      <ul class="items">${disputes().map((d) => html`<${Conflict} key=${d.id} dispute=${d} />`)}</ul>
      <ul class="items">${list.slice(0, shown).map((o) => html`<${Item} key=${o.op} item=${o} />`)}</ul>
      ${photos.length > 0 && html`<h2 class="list-title">${t('field.photos', { n: `${n.photosDone}/${n.photos}` })}</h2>`}
      <ul class="items">${photos.slice(0, shown).map((p) => html`<${ShotItem} key=${p.photo} shot=${p} />`)}</ul>
    </div>
    <footer><button class="save" id="sync-now" disabled=${sending.value} onClick=${flush}><${Icon} name="ui-sync" />${t('field.now')}</button>
      <button class="button big" id="rescue" onClick=${saveRescue}>${t('field.rescue')}</button></footer>
  </main>`;
}

/** The hour; before today the day with it. @param {string} at */
const when = (at) => (dayOf(new Date(at)) === dayOf() ? hour(new Date(at)) : time(at));

/** @param {{item: Op}} props */
function Item({ item }) {
  const c = classOfItem(item);
  const object = item.body.value?.asset ?? item.id;
  const photos = item.body.kind === 'create' ? shots.value.filter((p) => p.object === object && live(p)) : [];
  const { receipt } = item;
  const away = item.jurisdiction !== pack.value?.jurisdiction.code && item.jurisdiction;
  return html`<li class="item" data-state=${item.state}><${Badge} icon=${c?.icon ?? 'other'} color=${c?.color ?? '#5d6b76'} className="large" />
    <div><b>${titleOf(item, nameOf)}</b><p>${when(item.body.at)}${away ? ` · ${away}` : ''}${photos.length > 0 && ` · ${t('field.photos', { n: `${photos.filter(done).length}/${photos.length}` })}`}
      ${receipt && ` · ${receipt.code ?? ''} v${receipt.version} #${receipt.seq} · ${when(receipt.received_at)}`}</p>
      ${receipt?.outcome === 'merged' && html`<p>${t('field.merged')}</p>`}
      ${item.problem && html`<p class="bad">${whyOf(item)}</p>`}</div>
    ${item.state === 'refused' ? html`<button class="button" data-repair=${item.op} onClick=${() => { mending.value = item; screen.value = 'repair'; }}>${t('field.state.refused')}</button>` : html`<span class=${`state ${item.state}`}>${t(`field.state.${item.state}`)}</span>`}
    ${receipt?.twins?.length > 0 && assets.value.has(item.id) && html`<${Twins} item=${item} />`}</li>`;
}

/** Another of the class stands there on the server: perhaps this one. @param {{item: Op}} props */
function Twins({ item }) {
  const [twin] = item.receipt.twins;
  const drop = async () => { await undo(item.op); await readAssets(); say(t('field.undone')); };
  return html`<div class="sides"><p>${t('field.twin')} ${twin.code}</p>
    <div class="pair"><button class="button big" disabled=${!assets.value.has(twin.id)} onClick=${() => show(twin.id)}>${t('field.open')}</button>
      <button class="button big" onClick=${drop}>${t('field.undo')}</button></div></div>`;
}

/** @param {{shot: Shot}} props */
function ShotItem({ shot }) {
  const asset = assets.value.get(shot.object);
  const c = classOf(asset?.properties.class);
  return html`<li class="item photo" data-state=${shot.state}><${Icon} name="ui-camera" />
    <div><b>${c ? nameOf(c) : t('field.noun.photo')}${shot.original ? ` · ${t('field.original')}` : ''}</b>
      <p>${when(shot.at)} · ${number(shot.size / 1000)} kB${shot.receipt ? ` · ${shot.receipt.sha256.slice(0, 8)} · ${when(shot.receipt.stored_at)}` : ''}</p>
      ${shot.problem && html`<p class="bad">${shot.problem.title}</p>`}</div>
    ${shot.state === 'refused' ? html`<div class="pair"><button class="button" onClick=${() => settlePhoto(shot.photo, 'waiting')}>${t('field.again')}</button>
      <button class="button" onClick=${() => settlePhoto(shot.photo, 'undone')}>${t('field.giveup')}</button></div>` : html`<span class=${`state ${shot.state}`}>${t(`field.state.${shot.state}`)}</span>`}</li>`;
}
