// What every form is made of: a label, a control, a hint, and what is wrong.
import { useId, useState } from 'preact/hooks';
import { html, Icon } from './view.js';
import { t } from './i18n.js';

/**
 * @typedef {object} Wiring what a control needs to belong to its label
 * @property {string} id
 * @property {string | undefined} aria-describedby
 * @property {boolean | undefined} aria-invalid
 * @property {boolean} required
 */

/**
 * @param {{label: string, hint?: string, error?: string, required?: boolean, optional?: boolean, unit?: string, className?: string, name?: string,
 *   children: (wiring: Wiring) => any}} props `name` marks the field for whoever looks for it in the page
 */
export function Field({ label, hint, error, required = false, optional = false, unit, className = '', name, children }) {
  const id = useId();
  const told = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;
  const control = children({ id, 'aria-describedby': told, 'aria-invalid': error ? true : undefined, required });
  return html`<div class=${`field ${error ? 'wrong' : ''} ${className}`} data-field=${name}>
    <label class="field-label" for=${id}>${label}${required && html`<i class="must" aria-hidden="true">*</i>`}${optional && html`<small>${t('field.optional')}</small>`}</label>
    ${unit ? html`<span class="with-unit">${control}<span class="unit">${unit}</span></span>` : control}
    <${FieldError} id=${id} error=${error} />
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/** @param {{id: string, error?: string}} props */
function FieldError({ id, error }) {
  if (!error) return null;
  return html`<p class="field-error" id=${`${id}-error`}><${Icon} name="ui-alert" />${error}</p>`;
}

/** @typedef {{label: string, value: string, set: (value: string) => void, hint?: string, error?: string, required?: boolean, optional?: boolean, unit?: string, name?: string, className?: string}} Line */

/** @param {Line & Record<string, any>} props further members go to the input */
export function TextField({ label, value, set, hint, error, required, optional, unit, name, className, ...more }) {
  return html`<${Field} ...${{ label, hint, error, required, optional, unit, name, className }}>${(/** @type {Wiring} */ wiring) => html`
    <input class="input" type="text" autocomplete="off" ...${more} ...${wiring} value=${value} onInput=${(/** @type {any} */ e) => set(e.currentTarget.value)} />`}<//>`;
}

/**
 * A password, which may be looked at, with a word about the caps lock.
 * @param {Line & {autocomplete: 'current-password' | 'new-password'}} props
 */
export function PasswordField({ label, value, set, hint, error, name, autocomplete }) {
  const [shown, show] = useState(false);
  const [caps, setCaps] = useState(false);
  const watch = (/** @type {KeyboardEvent} */ e) => setCaps(e.getModifierState?.('CapsLock') ?? false);
  return html`<${Field} ...${{ label, error, name, required: true, hint: caps ? t('field.caps') : hint }}>${(/** @type {Wiring} */ wiring) => html`<span class="with-button">
    <input class="input" type=${shown ? 'text' : 'password'} autocomplete=${autocomplete} autocapitalize="none" spellcheck=${false} ...${wiring} value=${value}
      onInput=${(/** @type {any} */ e) => set(e.currentTarget.value)} onKeyUp=${watch} onBlur=${() => setCaps(false)} />
    <button type="button" class="ghost square" aria-pressed=${shown} aria-label=${t('field.show')} title=${t('field.show')} onClick=${() => show(!shown)}>
      <${Icon} name=${shown ? 'ui-eyeoff' : 'ui-eye'} /></button></span>`}<//>`;
}

/**
 * A list to choose one of. A value that is not in the list stays choosable.
 * @param {Line & {options: {value: string, text: string}[], none?: string, disabled?: boolean}} props `none`: the words for no choice
 */
export function SelectField({ label, value, set, options, none, hint, error, required, optional, name, className, disabled }) {
  const stray = value !== '' && !options.some((o) => o.value === value);
  return html`<${Field} ...${{ label, hint, error, required, optional, name, className }}>${(/** @type {Wiring} */ wiring) => html`<span class="select">
    <select class="input" ...${wiring} disabled=${disabled} value=${value} onChange=${(/** @type {any} */ e) => set(e.currentTarget.value)}>
      ${none !== undefined && html`<option value="" selected=${value === ''}>${none}</option>`}
      ${stray && html`<option value=${value} selected>${t('field.stray', { value })}</option>`}
      ${options.map((o) => html`<option key=${o.value} value=${o.value} selected=${o.value === value}>${o.text}</option>`)}
    </select><${Icon} name="ui-down" /></span>`}<//>`;
}

/**
 * A few values side by side, one of which holds.
 * @param {Line & {options: {value: string, text: string, icon?: string}[], disabled?: boolean}} props
 */
export function ChoiceField({ label, value, set, options, hint, error, required, name, className = '', disabled }) {
  const id = useId();
  const told = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;
  return html`<div class=${`field ${error ? 'wrong' : ''} ${className}`} data-field=${name}>
    <span class="field-label" id=${id}>${label}${required && html`<i class="must" aria-hidden="true">*</i>`}</span>
    <div class="choice" role="radiogroup" aria-labelledby=${id} aria-describedby=${told} aria-required=${required}>
      ${options.map((o) => html`<label key=${o.value}><input type="radio" name=${id} value=${o.value} checked=${o.value === value} disabled=${disabled} onChange=${() => set(o.value)} />
        <span>${o.icon && html`<${Icon} name=${o.icon} />`}${o.text}</span></label>`)}
    </div>
    <${FieldError} id=${id} error=${error} />
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/**
 * Yes or no.
 * @param {{label: string, value: boolean, set: (value: boolean) => void, hint?: string, name?: string}} props
 */
export function CheckField({ label, value, set, hint, name }) {
  const id = useId();
  return html`<div class="field check" data-field=${name}>
    <label><input type="checkbox" checked=${value} aria-describedby=${hint ? `${id}-hint` : undefined} onChange=${(/** @type {any} */ e) => set(e.currentTarget.checked)} />${label}</label>
    ${hint && html`<p class="field-hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}
