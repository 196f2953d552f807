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
  element.replaceChildren(...nodes(children));
}

/** Gives an element other children, and keeps those that are equal: what is selected in them, or has the focus, stays. For children without listeners. */
export function update(element, children) {
  const there = Map.groupBy(element.childNodes, signature);
  const next = nodes(children).map(node => there.get(signature(node))?.shift() ?? node);
  [...there.values()].flat().forEach(node => node.remove());
  let at = element.firstChild;
  for (const node of next) {
    if (node === at) {
      at = at.nextSibling;
    } else {
      element.insertBefore(node, at);
    }
  }
}

const nodes = children => [children].flat(3).filter(c => c != null && c !== false).map(c => c instanceof Node ? c : document.createTextNode(String(c)));
const signature = node => node.outerHTML ?? node.data;

/** Changes a text only where it is another one, so that a screen reader is not told again. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
