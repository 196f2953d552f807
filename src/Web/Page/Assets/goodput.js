// Where a job's time went, as a bar and in figures.

import { h, update } from './dom.js';
import { duration, percent } from './format.js';

export class Goodput {
  #bar = h('div.stack', { role: 'img' });
  #legend = h('ul.legend', {});
  #share = h('small', {});

  constructor() {
    this.element = h('section.panel.goodput', { hidden: true }, h('h2', {}, 'Where the time went ', this.#share), this.#bar, this.#legend);
  }

  /** Shows a report. Parts of no time are left out. */
  show(report) {
    const parts = report.parts.filter(p => p.seconds > 0);
    this.element.hidden = parts.length === 0;
    update(this.#share, [`goodput ${percent(report.goodput)} of ${duration(report.wallSeconds)}`]);
    this.#bar.setAttribute('aria-label', parts.map(p => `${p.name} ${percent(p.part)}`).join(', '));
    update(this.#bar, parts.map(p => {
      const piece = h('i', { 'data-part': p.name, title: `${p.name}: ${duration(p.seconds)}` });
      piece.style.flexGrow = String(p.part);
      return piece;
    }));
    update(this.#legend, [...parts.map(p => h('li', {},
      h('i.swatch', { 'data-part': p.name, 'aria-hidden': 'true' }), h('span.name', {}, p.name), h('span', {}, duration(p.seconds)), h('span.share', {}, percent(p.part)))),
    report.stepsRedone > 0 ? h('li.more', {}, `${report.stepsRedone} ${report.stepsRedone === 1 ? 'step was' : 'steps were'} taken again`) : null]);
  }
}
