// The program on the phone: a new version takes over when nothing is unsent and
// nobody is in the middle of something, and the page begins anew with it.
import { effect, signal } from '@preact/signals';
import { items, shots } from './outbox.js';
import { screen } from './screen.js';

const often = 3_600_000; // ms between two questions for a new version

/** The version that is here, and waits. */
const ready = signal(/** @type {ServiceWorker | null} */ (null));
const replaced = signal(false);

export async function startWorker() {
  if (!navigator.serviceWorker) return;
  let had = Boolean(navigator.serviceWorker.controller); // the first one to take a page replaces none
  navigator.serviceWorker.addEventListener('controllerchange', () => { replaced.value = had; had = true; });
  const registration = await navigator.serviceWorker.register('/sw.js');
  const look = () => { ready.value = registration.waiting; };
  const follow = () => { registration.installing?.addEventListener('statechange', look); look(); };
  registration.addEventListener('updatefound', follow);
  follow(); // it may have been found before anybody listened
  effect(() => {
    const unsent = [...items.value, ...shots.value].some((x) => x.state === 'waiting' || x.state === 'refused');
    if (!unsent && screen.value === 'tiles') ready.value?.postMessage('take over');
  });
  effect(() => { if (replaced.value && screen.value === 'tiles') location.reload(); });
  setInterval(() => registration.update().catch((cause) => console.warn('service worker', cause)), often);
}
