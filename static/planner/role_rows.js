// Which role an account holds in which jurisdiction.
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { everywhere, may, roles as allRoles } from '../base/session.js';
import { jurisdictions, placeName } from './registry.js';

/** @typedef {import('../base/session.js').Role} Role */

/** The places whose roles may be given from here. */
function grantable() {
  const codes = (jurisdictions.data.value ?? []).map((j) => j.code).filter((code) => may('admin', code));
  return may('admin', everywhere) ? [everywhere, ...codes] : codes;
}

/**
 * @param {{label: string, value: string, options: {value: string, text: string}[], set: (value: string) => void}} props
 */
function Pick({ label, value, options, set }) {
  return html`<span class="select"><select class="input" aria-label=${label} value=${value} onChange=${(/** @type {any} */ e) => set(e.currentTarget.value)}>
    ${options.map((o) => html`<option key=${o.value} value=${o.value} selected=${o.value === value}>${o.text}</option>`)}</select><${Icon} name="ui-down" /></span>`;
}

/**
 * @param {{roles: [string, Role][], set: (roles: [string, Role][]) => void, error?: string}} props
 */
export function RoleRows({ roles, set, error }) {
  const free = grantable().filter((code) => !roles.some(([place]) => place === code));
  const change = (/** @type {number} */ i, /** @type {[string, Role] | null} */ row) => set(row ? roles.with(i, row) : roles.toSpliced(i, 1));
  const choices = allRoles.map((r) => ({ value: r, text: t(`role.${r}`) }));
  return html`<fieldset class="role-rows"><legend class="field-label">${t('accounts.roles')}</legend>
    ${roles.map(([place, role], i) => (grantable().includes(place)
      ? html`<div class="role-row" key=${place}>
          <${Pick} label=${t('jurisdiction')} value=${place} options=${[place, ...free].map((code) => ({ value: code, text: placeName(code) }))} set=${(/** @type {string} */ code) => change(i, [code, role])} />
          <${Pick} label=${t('role')} value=${role} options=${choices} set=${(/** @type {Role} */ r) => change(i, [place, r])} />
          <button type="button" class="ghost square" aria-label=${t('accounts.role.remove', { place: placeName(place) })} title=${t('remove')} onClick=${() => change(i, null)}><${Icon} name="ui-trash" /></button></div>`
      : html`<p class="role-row fixed" key=${place}>${placeName(place)} · ${t(`role.${role}`)}</p>`))}
    ${roles.length === 0 && html`<p class="field-hint">${t('accounts.role.nothing')}</p>`}
    ${error && html`<p class="field-error"><${Icon} name="ui-alert" />${error}</p>`}
    ${free.length > 0 && html`<button type="button" class="link" id="add-role" onClick=${() => set([...roles, [free[0], 'viewer']])}>+ ${t('accounts.role.add')}</button>`}
    <dl class="role-notes">${allRoles.map((r) => html`<div key=${r}><dt>${t(`role.${r}`)}</dt><dd>${t(`role.note.${r}`)}</dd></div>`)}</dl>
  </fieldset>`;
}
