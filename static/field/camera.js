// Photos before they are saved: taking them, seeing them, leaving one out.
import { useEffect, useRef, useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { number, t } from '../base/i18n.js';

/** @param {{files: File[], set: (files: File[]) => void}} props */
export function PhotoButton({ files, set }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  return html`<button type="button" class="button big" onClick=${() => input.current?.click()}><${Icon} name="ui-camera" />${t('field.photo')}${files.length > 0 && ` · ${files.length}`}</button>
    <input ref=${input} class="photo-input" type="file" accept="image/*" capture="environment" multiple hidden aria-label=${t('field.photo')}
      onChange=${(/** @type {any} */ e) => { set([...files, ...e.currentTarget.files]); e.currentTarget.value = ''; }} />`;
}

/** What was photographed; a tap leaves one out again. @param {{files: File[], set: (files: File[]) => void}} props */
export function PhotoStrip({ files, set }) {
  if (files.length === 0) return null;
  return html`<ul class="shots">${files.map((f, i) => html`<li key=${`${f.name} ${f.lastModified} ${f.size} ${i}`}><button type="button" aria-label=${t('field.photo.drop', { n: number(i + 1) })} onClick=${() => set(files.filter((x) => x !== f))}>
    <${Thumb} file=${f} /><${Icon} name="ui-close" /></button></li>`)}</ul>`;
}

/** @param {{file: Blob}} props */
function Thumb({ file }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url && html`<img src=${url} alt="" />`;
}
