// Elements by function. Whatever a user has named stays text: nothing here reads HTML.

/** An element: h('a.link', { href: '#/' }, 'text', child, ...). `on` holds listeners. */
export function h(spec, properties = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  const element = document.createElement(tag || 'div');
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'on') {
      Object.entries(value).forEach(([event, listener]) => element.addEventListener(event, listener));
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value != null) {
      element.setAttribute(name, value);
    }
  }
  fill(element, children);
  return element;
}

/** Gives an element other children. */
export function fill(element, children) {
  element.replaceChildren(...[children].flat(3).filter(c => c != null && c !== false).map(c => c instanceof Node ? c : document.createTextNode(String(c))));
}

/** Changes a text only where it is another one, so that a screen reader is not told again. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
