// A voucher's document in a form: chosen or dropped, sent at once, named with its
// size.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, upload } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import * as store from '../base/store.js';

/** @typedef {{sha256: string, name: string, size: number}} Document */

const types = ['application/pdf', 'image/jpeg', 'image/png'];
const most = 20 << 20; // bytes

/** @param {number} bytes */
export const size = (bytes) => (bytes >= 1 << 20 ? `${number(bytes / (1 << 20), 1)} MB` : `${number(Math.max(bytes / 1024, 1))} KB`);

/** @param {{value: Document | null, set: (document: Document | null) => void, busy: (sending: boolean) => void}} props `busy` is told while a file is on its way */
export function DocumentField({ value, set, busy }) {
  const [sent, setSent] = useState(/** @type {number | null} */ (null));
  const [fault, setFault] = useState('');
  const [over, setOver] = useState(false);
  const abort = useRef(/** @type {AbortController | null} */ (null));
  useEffect(() => () => abort.current?.abort(), []);
  const send = async (/** @type {File | undefined} */ file) => {
    if (!file) return;
    setFault('');
    if (!types.includes(file.type)) { setFault(t('document.type')); return; }
    if (file.size > most) { setFault(t('document.large')); return; }
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    set(null);
    setSent(0);
    busy(true);
    try {
      const kept = await upload(`/api/v1/documents?jurisdiction=${store.jurisdiction.peek()}`, file, { type: file.type, progress: setSent, signal: mine.signal });
      set({ sha256: kept.sha256, name: file.name, size: file.size });
    } catch (cause) {
      if (!mine.signal.aborted) setFault(cause instanceof Problem ? cause.message : String(cause));
    } finally {
      if (abort.current === mine) { setSent(null); busy(false); }
    }
  };
  const drop = (/** @type {DragEvent} */ e) => { e.preventDefault(); setOver(false); send(e.dataTransfer?.files[0]); };
  const remove = () => { abort.current?.abort(); set(null); setFault(''); setSent(null); busy(false); };
  return html`<div class=${`field document ${fault ? 'wrong' : ''}`} data-field="document" onDragOver=${(/** @type {Event} */ e) => { e.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <span class="field-label" id="document-label">${t('entry.document')}<small>${t('document.hint')}</small></span>
    ${value || sent !== null ? html`<p class="document-kept" role="status"><${Icon} name=${value ? 'ui-check' : 'ui-up'} /><span>${value ? html`<b>${value.name}</b> <small>${size(value.size)}</small>` : t('document.sending', { percent: number(Math.round((sent ?? 0) * 100)) })}</span>
        <button type="button" class="ghost square tiny" aria-label=${t('document.remove')} onClick=${remove}><${Icon} name="ui-close" /></button></p>
        ${!value && html`<progress aria-labelledby="document-label" max="1" value=${sent}></progress>`}`
      : html`<label class=${`document-drop ${over ? 'over' : ''}`}><${Icon} name="ui-up" /><span>${t('document.choose')}</span><input type="file" id="document" class="hidden" accept=${types.join(',')} aria-labelledby="document-label" onChange=${(/** @type {any} */ e) => send(e.currentTarget.files?.[0])} /></label>`}
    ${fault && html`<p class="field-error" role="alert"><${Icon} name="ui-alert" />${fault}</p>`}</div>`;
}
