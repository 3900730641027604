// The people and departments that attributes of assets refer to.
import { get } from '../base/api.js';
import { jurisdiction, page, selected, tool, vs } from '../base/store.js';
import { may, me } from '../base/session.js';
import { resource } from './registry.js';

/**
 * @typedef {import('./form.js').Person} Person
 * @typedef {import('./form.js').Department & {version: number}} Department
 */

// Names of people are not for visitors.
const forMembers = () => (jurisdiction.value && me.value && may('viewer') ? `${jurisdiction.value} ${me.value.id}` : null);

/** @type {import('./registry.js').Resource<Person[]>} */
export const people = resource(forMembers, async (signal) => (await get('/api/v1/people', { jurisdiction: jurisdiction.peek() }, signal)).people);

// Nothing on the map names a department: they are asked for with the first thing
// that is opened, and kept from then on.
let named = false;
const onceNamed = () => { named ||= Boolean(selected.value || tool.value || page.value || vs.value); return (named && jurisdiction.value) || null; };

/** @type {import('./registry.js').Resource<Department[]>} */
export const departments = resource(onceNamed, async (signal) => (await get('/api/v1/departments', { jurisdiction: jurisdiction.peek() }, signal)).departments);

/**
 * The name behind the value of a person or department field; the value itself
 * for every other kind.
 * @param {unknown} value
 * @param {{kind: string}} field
 */
export function referred(value, field) {
  if (field.kind === 'person') {
    const p = people.data.value?.find((x) => x.id === value);
    return p ? p.display_name || p.name : value;
  }
  if (field.kind === 'department') return departments.data.value?.find((x) => x.id === value)?.name ?? value;
  return value;
}

/**
 * Who did it, as colleagues call them.
 * @param {string} actor
 */
export function actorName(actor) {
  const known = people.data.value?.find((p) => p.name === actor || p.id === actor);
  return known?.display_name || actor;
}
