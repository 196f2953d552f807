// Charts that are looked at together: one axis, one zoom, one cursor, one scale.

import { h } from './dom.js';
import { Chart } from './chart.js';
import { duration, figure, percent, rate } from './format.js';

export const figures = [
  { key: 'loss', title: 'Loss', format: figure, log: true },
  { key: 'accuracy', title: 'Held-out accuracy', format: percent, formatTick: v => `${Number((100 * v).toFixed(2))} %`, bounds: [0, 1] },
  { key: 'rmse', title: 'Held-out RMSE', format: figure },
  { key: 'learningRate', title: 'Learning rate', format: figure },
  { key: 'gradientNorm', title: 'Gradient norm', format: figure, log: true },
  { key: 'examplesPerSecond', title: 'Examples a second', format: rate },
];

// What a reader has chosen stays for the next job.
const kept = { axis: 'step', log: false, weight: 0, ...read() };

function read() {
  try {
    return JSON.parse(localStorage.getItem('granary.charts') ?? '{}');
  } catch {
    return {};
  }
}

export class Board {
  #draw;

  /** @param draw called to set the charts anew, as where the axis is another one */
  constructor(draw) {
    this.#draw = draw;
    const formatX = x => kept.axis === 'step' ? figure(Math.round(x)) : duration(x);
    this.charts = Object.fromEntries(figures.map(f => [f.key, new Chart({
      title: f.title,
      format: f.format,
      formatTick: f.formatTick,
      bounds: f.bounds,
      formatX,
      onZoom: range => { this.#each(c => c.configure({ range })); this.reset.hidden = range === null; },
      onCursor: x => this.#each(c => c.point(x)),
    })]));
    this.reset = h('button.button.small', { hidden: true, on: { click: () => { this.#each(c => c.configure({ range: null })); this.reset.hidden = true; } } }, 'Whole range');
    this.element = h('section.board', { 'aria-label': 'Curves' }, this.#tools(), h('div.charts', {}, figures.map(f => this.charts[f.key].element)));
    this.#apply();
    this.learns(false);
  }

  /** Of numbers there are errors, of classes there is an accuracy. @param numbers whether the jobs shown learn numbers */
  learns(numbers) {
    this.charts.rmse.element.hidden = !numbers;
    this.charts.accuracy.element.hidden = numbers;
  }

  get axis() {
    return kept.axis;
  }

  /** It is shown no more. */
  end() {
    this.#each(c => c.end());
  }

  #each(act) {
    Object.values(this.charts).forEach(act);
  }

  #apply() {
    figures.forEach(f => this.charts[f.key].configure({ log: kept.log && f.log === true, weight: f.key === 'loss' || f.key === 'examplesPerSecond' ? kept.weight : 0 }));
    try {
      localStorage.setItem('granary.charts', JSON.stringify(kept));
    } catch {
      // A browser that keeps nothing.
    }
  }

  #tools() {
    const radio = (value, text) => h('label', {}, h('input', { type: 'radio', name: 'axis', value, checked: kept.axis === value, on: {
      change: () => { kept.axis = value; this.#each(c => c.configure({ range: null })); this.reset.hidden = true; this.#apply(); this.#draw(); },
    } }), h('span', {}, text));
    const output = h('output', { for: 'smoothing' }, kept.weight.toFixed(2));
    return h('div.tools', {},
      h('fieldset.segments', {}, h('legend.hidden', {}, 'Horizontal axis'), radio('step', 'Steps'), radio('time', 'Time')),
      h('label.switch', {}, h('input', { type: 'checkbox', id: 'log', checked: kept.log, on: { change: e => { kept.log = e.target.checked; this.#apply(); } } }), h('span', {}, 'Log scale')),
      h('label.slider', {}, h('span', {}, 'Smoothing'), h('input', { type: 'range', id: 'smoothing', min: 0, max: 0.98, step: 0.01, value: kept.weight, on: {
        input: e => { kept.weight = Number(e.target.value); output.textContent = kept.weight.toFixed(2); this.#apply(); },
      } }), output),
      this.reset,
      h('p.hint', {}, 'Drag to zoom, double-click for all. Keys: arrows, +, −, 0.'));
  }
}
