// How a class looks: its symbol and its colour.
import { useEffect, useId, useState } from 'preact/hooks';
import { html, Icon, symbols } from '../base/view.js';
import { t } from '../base/i18n.js';
import { bearsWhite, palette } from './class_draft.js';

/** The symbols that things in the street may have. */
function useSymbols() {
  const [ids, setIds] = useState(/** @type {string[]} */ ([]));
  useEffect(() => {
    symbols().then((sheet) => setIds([...sheet.querySelectorAll('symbol')].map((s) => s.id).filter((id) => !id.startsWith('ui-'))), console.warn);
  }, []);
  return ids;
}

/** @param {{value: string, set: (icon: string) => void, color: string, disabled: boolean, error?: string}} props */
export function SymbolPicker({ value, set, color, disabled, error }) {
  const id = useId();
  return html`<div class="field" data-field="icon"><span class="field-label" id=${id}>${t('class.icon')}</span>
    <div class="symbols" role="radiogroup" aria-labelledby=${id} style=${{ '--badge': color }}>
      ${useSymbols().map((icon) => html`<label key=${icon} title=${t(`symbol.${icon}`)}><input type="radio" name=${id} value=${icon} checked=${icon === value} disabled=${disabled}
        aria-label=${t(`symbol.${icon}`)} onChange=${() => set(icon)} /><span><${Icon} name=${icon} /></span></label>`)}
    </div>${error && html`<p class="field-error"><${Icon} name="ui-alert" />${error}</p>`}</div>`;
}

/** @param {{value: string, set: (color: string) => void, disabled: boolean, error?: string}} props */
export function ColourPicker({ value, set, disabled, error }) {
  const id = useId();
  return html`<div class="field" data-field="color"><span class="field-label" id=${id}>${t('class.color')}</span>
    <div class="colours" role="radiogroup" aria-labelledby=${id}>
      ${palette.map((color) => html`<label key=${color} title=${color}><input type="radio" name=${id} value=${color} checked=${color === value} disabled=${disabled} aria-label=${color} onChange=${() => set(color)} />
        <span style=${{ '--badge': color }}></span></label>`)}
      <label class=${`own ${palette.includes(value) ? '' : 'chosen'}`} title=${t('class.color.own')}><input type="color" value=${value} disabled=${disabled} aria-label=${t('class.color.own')} onInput=${(/** @type {any} */ e) => set(e.currentTarget.value)} />
        <span style=${{ '--badge': value }}><${Icon} name="ui-plus" /></span></label>
    </div>
    ${!bearsWhite(value) && html`<p class="note warn" role="status"><${Icon} name="ui-alert" />${t('class.color.pale')}</p>`}
    ${error && html`<p class="field-error"><${Icon} name="ui-alert" />${error}</p>`}</div>`;
}
