// A code that is typed or scanned opens its asset, without the network too.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../base/api.js';
import { html } from '../base/view.js';
import { TextField } from '../base/fields.js';
import { t } from '../base/i18n.js';
import { assets, fetchAsset } from './pack.js';
import { say, show } from './screen.js';

const breath = 150; // ms between two looks

/**
 * Opens the asset that a text names: its code, its id, or what a label says. One
 * that is not of the area on the phone is asked for.
 * @param {string} text
 */
export async function open(text) {
  const said = text.trim().toLowerCase();
  const id = said.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/)?.[0];
  const code = id ? undefined : said.match(/\d{14,18}/)?.[0] ?? said;
  const held = id ? assets.peek().get(id) : [...assets.peek().values()].find((a) => a.code && a.code === code);
  const found = held ?? await ask(id, code);
  if (!found) { say(t('field.unknown'), { bad: true }); return; }
  show(found.id);
}

/** @param {string | undefined} id @param {string | undefined} code */
async function ask(id, code) {
  try {
    return await fetchAsset(id, code);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return null; // out of reach, or nothing that is there
  }
}

/** Reads a QR code out of what the camera shows: by the browser's own means where it has them. @returns {Promise<(video: HTMLVideoElement) => Promise<string>>} */
async function reader() {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  const known = await Detector?.getSupportedFormats?.().catch(() => []) ?? []; // it may be there with nothing behind it
  if (known.includes('qr_code')) {
    const detector = new Detector({ formats: ['qr_code', 'code_128'].filter((f) => known.includes(f)) });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? '';
  }
  const { readQR } = await import('./qr.js');
  return async (video) => readQR(video);
}

/** @param {{done: () => void}} props */
function Camera({ done }) {
  const place = useRef(/** @type {HTMLVideoElement | null} */ (null));
  useEffect(() => {
    let over = false;
    /** @type {MediaStream | undefined} */
    let stream;
    (async () => {
      const [read, from] = await Promise.all([reader(), navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })]);
      stream = from;
      const video = /** @type {HTMLVideoElement} */ (place.current);
      video.srcObject = stream;
      await video.play();
      while (!over) {
        const text = await read(video);
        if (text) { done(); await open(text); return; }
        await new Promise((resolve) => { setTimeout(resolve, breath); });
      }
    })().catch((cause) => { if (over) return; console.warn('camera', cause); say(t('field.nocamera'), { bad: true }); done(); });
    return () => { over = true; for (const track of stream?.getTracks() ?? []) track.stop(); };
  }, []);
  return html`<video class="viewfinder" ref=${place} playsinline muted aria-label=${t('field.scan')}></video>`;
}

export function CodeBlock() {
  const [code, setCode] = useState('');
  const [looking, look] = useState(false);
  const enter = (/** @type {Event} */ e) => { e.preventDefault(); open(code); };
  return html`<section class="card block"><h2>${t('field.code')}</h2>
    <form class="block-form" onSubmit=${enter}><${TextField} label=${t('field.code.label')} value=${code} set=${setCode} inputmode="numeric" enterkeyhint="go" name="code" />
      <div class="pair"><button class="button big" id="open-code" type="submit">${t('field.open')}</button>
        <button class="button big" id="scan" type="button" aria-pressed=${looking} onClick=${() => look(!looking)}>${t(looking ? 'field.scan.stop' : 'field.scan')}</button></div></form>
    ${looking && html`<${Camera} done=${() => look(false)} />`}</section>`;
}
