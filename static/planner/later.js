// What the page fetches when somebody first needs it. It is one file: two would share
// pieces with the page that are in neither, and each such piece is a request of every
// visitor.
export { Desk } from './desk.js';
export { MoneyForm } from './money_forms.js';
