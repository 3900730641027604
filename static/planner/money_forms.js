// The forms that money is entered with, by what is entered.
import { html } from '../base/view.js';
import { entering } from './entering.js';
import { EntryForm } from './entry.js';
import { ProjectForm } from './project_form.js';
import { RuleForm } from './rule.js';

export function MoneyForm() {
  const now = entering.value;
  if (!now) return null;
  if (now.form === 'entry') return html`<${EntryForm} project=${now.project} />`;
  if (now.form === 'rule' && now.project) return html`<${RuleForm} key=${now.project.id} project=${now.project} />`;
  return html`<${ProjectForm} key=${now.project?.id ?? ''} project=${/** @type {import('./project.js').Project | null} */ (now.project)} />`;
}
