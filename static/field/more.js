// The area on the phone, walks, codes, and who is here.
import { useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { number, t, time } from '../base/i18n.js';
import { TextField } from '../base/fields.js';
import { assets, download, fetching, pack, packProblem, place, refresh, segmentOf } from './pack.js';
import { opened, say, screen, spot } from './screen.js';
import { walked } from './tagging.js';
import { startTrack, stopTrack, tracking } from './track.js';

/** @param {string} text a code, or what a label says */
function open(text) {
  const code = text.trim().match(/\d{16}/)?.[0] ?? text.trim();
  const found = [...assets.value.values()].find((a) => a.code === code || a.id === text.trim());
  if (!found) { say(t('field.unknown'), { bad: true }); return; }
  opened.value = found.id;
  screen.value = 'asset';
}

/** Reads codes through the camera, where the browser can. */
async function scan() {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const video = document.createElement('video');
  video.srcObject = stream;
  video.playsInline = true;
  await video.play();
  const end = Date.now() + 20_000;
  try {
    while (Date.now() < end) {
      const [code] = await new Detector().detect(video);
      if (code) { open(code.rawValue); return; }
      await new Promise((resolve) => { setTimeout(resolve, 150); });
    }
    say(t('field.unread'), { bad: true });
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

export function MorePage() {
  const [code, setCode] = useState('');
  const at = spot.value;
  const here = at ? place.value(at.position) : null;
  const on = segmentOf(here?.segment ?? null);
  const side = async (/** @type {'left' | 'right'} */ s) => { await walked(on.id, s); say(t('field.walked')); };
  const p = pack.value;
  return html`<main class="field-page" aria-label=${t('field.more')}>
    <header><button class="ghost square" id="back" aria-label=${t('field.back')} onClick=${() => { screen.value = 'tiles'; }}><${Icon} name="ui-back" /></button><h1>${t('field.more')}</h1></header>
    <div class="field-scroll" tabindex="0">
      <section class="card block"><h2>${t('field.area')}</h2>
        <p>${p ? t('field.area.state', { name: p.jurisdiction.name, n: number(assets.value.size), mb: number(p.size / 1e6, 1), at: time(new Date(p.freshAt).toISOString()) }) : t('field.area.none')}</p>
        ${packProblem.value && html`<p class="bad" role="alert">${packProblem.value.message}</p>`}
        <div class="pair"><button class="button big" id="download" disabled=${fetching.value} onClick=${download}>${t('field.download')}</button>
          <button class="button big" id="refresh" disabled=${fetching.value || !p} onClick=${refresh}>${t('field.refresh')}</button></div></section>
      <section class="card block"><h2>${t('field.code')}</h2>
        <${TextField} label=${t('field.code.label')} value=${code} set=${setCode} inputmode="numeric" name="code" />
        <div class="pair"><button class="button big" onClick=${() => open(code)}>${t('field.open')}</button>
          ${'BarcodeDetector' in window && html`<button class="button big" onClick=${() => scan().catch((cause) => say(cause.message, { bad: true }))}>${t('field.scan')}</button>`}</div></section>
      <section class="card block"><h2>${t('field.walk')}</h2>
        <p>${on ? on.properties.name || on.properties.road : t('field.offroad')}</p>
        <div class="pair"><button class="button big" id="walked-left" disabled=${!on} onClick=${() => side('left')}>${t('field.walked.left')}</button>
          <button class="button big" id="walked-right" disabled=${!on} onClick=${() => side('right')}>${t('field.walked.right')}</button></div>
        <button class="button big" onClick=${tracking.value ? stopTrack : startTrack}>${t(tracking.value ? 'field.track.stop' : 'field.track.start')}</button></section>
    </div></main>`;
}
