// The field's page: its parts, and what starts them.
import { render } from 'preact';
import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { html, Icon, symbols } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { PasswordField, TextField } from '../base/fields.js';
import { signIn } from '../base/session.js';
import { startStore } from '../base/store.js';
import { AssetSheet, MoveSheet, RepairPage } from './asset.js';
import { tidy } from './db.js';
import { following, startMap, touched } from './map.js';
import { MorePage } from './more.js';
import { flush, halted, items, shots, startOutbox } from './outbox.js';
import { choose, download, pack, packProblem, refresh, startPack } from './pack.js';
import { denied, fix, startPosition } from './position.js';
import { aiming, opened, quality, screen, toast } from './screen.js';
import { Chip, SyncPage } from './sync.js';
import { Burst, Draft, Tiles } from './tag.js';
import { resumeTrack } from './track.js';

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

/** Asks who this is, over a screen that keeps working: nothing waits for it but the network. */
function Login() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState('');
  const wanted = halted.value === 'locked' || (!pack.value && packProblem.value && /** @type {any} */ (packProblem.value).status === 401);
  if (!wanted) return null;
  const enter = async (/** @type {Event} */ e) => {
    e.preventDefault();
    try {
      await signIn(name.trim(), password);
      setPassword('');
      halted.value = '';
      await begin();
      void flush();
    } catch (cause) { setWrong(/** @type {Error} */ (cause).message); }
  };
  return html`<form class="field-login" aria-label=${t('field.signin')} onSubmit=${enter}><h2>${t('field.signin')}</h2><p>${t('field.signin.kept')}</p>
    <${TextField} label=${t('field.account')} name="name" value=${name} set=${setName} autocapitalize="none" autocomplete="username" />
    <${PasswordField} label=${t('field.password')} name="password" value=${password} set=${setPassword} autocomplete="current-password" error=${wrong} />
    <button class="save" type="submit">${t('field.enter')}</button></form>`;
}

const screens = { tiles: Tiles, draft: Draft, burst: Burst, asset: AssetSheet, move: MoveSheet };

function Page() {
  const p = pack.value;
  const Sheet = /** @type {any} */ (screens)[screen.value];
  return html`<div class="field-app" inert=${!Sheet}>
    <header class="field-top"><div><h1>${p?.jurisdiction.name ?? t('app.name')}</h1><p>${t('field.title')}</p></div><${Chip} /></header>
    <main><${Stage} />${Sheet && html`<${Toast} />`}</main>
    ${Sheet && (p ? html`<${Sheet} />` : html`<section class="field-sheet"><p>${packProblem.value?.message ?? t('field.loading')}</p>
      <button class="save" onClick=${begin}>${t('field.download')}</button></section>`)}
  </div>
  ${screen.value === 'sync' && html`<${SyncPage} />`}
  ${screen.value === 'more' && html`<${MorePage} />`}
  ${screen.value === 'repair' && html`<${RepairPage} />`}
  ${!Sheet && html`<${Toast} />`}
  <${Login} />`;
}

/** Brings the area here, or up to date. */
async function begin() {
  try {
    await choose();
  } catch (cause) {
    packProblem.value = /** @type {Error} */ (cause);
    return;
  }
  await (pack.peek() ? refresh() : download());
}

/** A new version takes over when nothing is unsent. */
async function startWorker() {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register('/sw.js');
  effect(() => {
    const busy = [...items.value, ...shots.value].some((x) => x.state === 'waiting' || x.state === 'refused');
    if (!busy) registration.waiting?.postMessage('take over');
  });
}

await startStore();
symbols();
await startPack();
render(html`<${Page} />`, /** @type {HTMLElement} */ (document.getElementById('app')));
startPosition();
effect(() => { if (touched.value) { opened.value = touched.value; touched.value = null; screen.value = 'asset'; } });
await Promise.all([startOutbox(), tidy(), resumeTrack()]);
void begin();
setInterval(refresh, pace);
startWorker().catch((cause) => console.warn('service worker', cause));
navigator.storage?.persist?.();
