// The field's page: its parts, and what starts them.
import { render } from 'preact';
import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { html, Icon, symbols } from '../base/view.js';
import { number, t, time } from '../base/i18n.js';
import { startStore } from '../base/store.js';
import { JurisdictionChoice } from './area.js';
import { AssetSheet, MoveSheet } from './asset.js';
import { tidy } from './db.js';
import { flush, startDelivery } from './delivery.js';
import { Login } from './login.js';
import { following, startMap, touched } from './map.js';
import { MorePage } from './more.js';
import { choices, choose, download, fetching, pack, packProblem, refresh, startPack } from './pack.js';
import { startPhotos } from './photos.js';
import { denied, fix, startPosition } from './position.js';
import { RepairPage } from './repair.js';
import { open } from './scan.js';
import { aiming, namedIn, quality, say, screen, show, startBack, toast, unsaved } from './screen.js';
import { Chip, old, oldest, SyncPage } from './sync.js';
import { Burst, Draft, Tiles } from './tag.js';
import { resumeTrack } from './track.js';
import { startWorker } from './worker.js';

const pace = 60_000; // ms between two looks at the change feed

function Stage() {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [failed, fail] = useState(false);
  useEffect(() => { startMap(/** @type {HTMLElement} */ (place.current)).catch((cause) => { console.warn('map', cause); fail(true); }); }, []);
  return html`<div class="field-stage"><div class="field-map" ref=${place}></div>
    ${failed && html`<p class="listmode">${t('field.nomap')}</p>`}
    <p class=${`gps ${quality.value}`} role="status"><i class="dot"></i>${fix.value ? html`<span>${t('field.accuracy')} <b>±${number(fix.value.accuracy, 1)} m</b></span>` : t(denied.value ? 'field.denied' : 'field.locating')}</p>
    <button class="round" id="follow" aria-pressed=${following.value} aria-label=${t('field.follow')} onClick=${() => { following.value = !following.value; }}><${Icon} name="ui-locate" /></button>
    ${aiming.value && html`<i class="aim" aria-hidden="true"></i>`}</div>`;
}

function Toast() {
  const said = toast.value;
  return html`<div class="said" role="status">${said && html`<p class=${said.bad ? 'bad' : ''}><${Icon} name=${said.bad ? 'ui-alert' : 'ui-check'} /><span>${said.text}</span>
    ${said.undo && html`<button onClick=${said.undo}><${Icon} name="ui-undo" />${t('field.undo')}</button>`}</p>`}</div>`;
}

const screens = { tiles: Tiles, draft: Draft, burst: Burst, asset: AssetSheet, move: MoveSheet };

function Page() {
  const p = pack.value;
  const Sheet = /** @type {any} */ (screens)[screen.value];
  return html`<div class="field-app" inert=${!Sheet}>
    <header class="field-top"><div><h1>${p?.jurisdiction.name ?? t('app.name')}</h1><p>${t('field.title')}</p></div><${Chip} /></header>
    <main><${Stage} />${Sheet && html`<${Toast} />`}</main>
    ${Sheet && (p ? html`<${Sheet} />` : choices.value.length > 1 ? html`<${JurisdictionChoice} />` : html`<section class="field-sheet"><p role="status">${packProblem.value?.message || t('field.loading')}</p>
      <button class="save" disabled=${fetching.value} onClick=${begin}>${t('field.download')}</button></section>`)}
  </div>
  ${screen.value === 'sync' && html`<${SyncPage} />`}
  ${screen.value === 'more' && html`<${MorePage} />`}
  ${screen.value === 'repair' && html`<${RepairPage} />`}
  ${!Sheet && html`<${Toast} />`}
  <${Login} begin=${begin} />`;
}

/** Brings the area here, or up to date. */
async function begin() {
  packProblem.value = null;
  try {
    const code = await choose();
    if (pack.peek()) await refresh();
    else if (code) await download([], code);
  } catch (cause) { packProblem.value = /** @type {Error} */ (cause); }
}

/** Looks for what changed, and says to the server that this phone is there. */
async function beat() {
  await refresh();
  await flush();
}

/** Opens the asset that the address names: a label was scanned by another program. @param {string} hash */
async function openNamed(hash) {
  const id = namedIn(hash);
  if (!id) return;
  history.replaceState({ inside: true }, '', location.pathname); // the same label again is a change of the address again
  await open(id);
}

const named = location.hash; // before the store writes its own
addEventListener('unhandledrejection', (e) => say(t('field.failed', { why: e.reason?.message ?? String(e.reason) }), { bad: true })); // such as a store that is full
await startStore();
symbols();
await Promise.all([startPack(), startPhotos()]);
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById('app')));
startPosition();
startBack();
effect(() => { if (touched.value) { show(touched.value); touched.value = null; } });
await Promise.all([startDelivery(), tidy(), resumeTrack()]);
addEventListener('hashchange', () => openNamed(location.hash));
addEventListener('beforeunload', (e) => { if (unsaved.peek()) e.preventDefault(); });
const begun = begin();
void (pack.peek() ? openNamed(named) : begun.then(() => openNamed(named)));
if (Date.now() - oldest() > old) say(t('field.old', { at: time(new Date(oldest()).toISOString()) }), { bad: true });
setInterval(beat, pace);
startWorker().catch((cause) => console.warn('service worker', cause));
navigator.storage?.persist?.();
